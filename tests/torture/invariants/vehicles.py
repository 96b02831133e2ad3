"""Vehicles and units of the fleets."""

from tests.torture.invariants.base import Invariant
from tests.torture.invariants.jobs import RUNNING, SUCCEEDED

BUILT = f"(SELECT vehicle_id FROM jobs_job WHERE id = {SUCCEEDED})"
IN_WORK = f"(SELECT vehicle_id FROM jobs_job WHERE id = {RUNNING})"

ELSEWHERE = """
        INSERT INTO telematics_place (id, fleet_id, name, address, contact, opening_hours, created_at, updated_at)
        VALUES (gen_random_uuid(), 'ELSEW', 'Elsewhere', '', '', '', now(), now())"""
OTHER_ROLL_OUT = """
        INSERT INTO jobs_rollout (id, fleet_id, name, target_date, owner_id, version, created_at, updated_at)
        VALUES (gen_random_uuid(), 'ELSEW', 'Elsewhere', '2030-01-01', 1, 1, now(), now())"""

VEHICLES = [
    Invariant(
        "roll-outs of its own",
        "the roll-out of a job is one of its own fleet",
        """
        SELECT j.id FROM jobs_job j JOIN jobs_rollout r ON r.id = j.roll_out_id
        WHERE r.fleet_id <> j.fleet_id""",
        f"""{OTHER_ROLL_OUT};
        UPDATE jobs_job SET roll_out_id = (SELECT id FROM jobs_rollout WHERE name = 'Elsewhere')
        WHERE id = (SELECT id FROM jobs_job ORDER BY id LIMIT 1)""",
    ),
    Invariant(
        "places of its own",
        "the place of a job and of a vehicle is one of its own fleet",
        """
        SELECT j.id::text FROM jobs_job j JOIN telematics_place p ON p.id = j.place_id
        WHERE p.fleet_id <> j.fleet_id
        UNION ALL SELECT v.vehicle_id FROM telematics_vehicle v JOIN telematics_place p ON p.id = v.place_id
        WHERE p.fleet_id <> v.fleet_id""",
        f"""{ELSEWHERE};
        UPDATE jobs_job SET place_id = (SELECT id FROM telematics_place WHERE name = 'Elsewhere')
        WHERE id = (SELECT id FROM jobs_job ORDER BY id LIMIT 1)""",
    ),
    Invariant(
        "archived is over",
        "an archived vehicle has no unit, no job that somebody has, and no open key but the system's own",
        """
        SELECT v.vehicle_id FROM telematics_vehicle v WHERE v.archived_at IS NOT NULL
        AND (v.unit_id IS NOT NULL
            OR EXISTS (SELECT FROM jobs_job j WHERE j.vehicle_id = v.vehicle_id
                AND j.status IN ('ASSIGNED', 'RUNNING'))
            OR EXISTS (SELECT FROM telematics_key k WHERE k.vehicle_id = v.vehicle_id
                AND k.kind <> 'SYSTEM' AND k.ended_at IS NULL))""",
        f"""
        ALTER TABLE telematics_vehicle DROP CONSTRAINT vehicle_archived_has_no_unit;
        UPDATE telematics_vehicle SET archived_at = now() WHERE vehicle_id = {BUILT}""",
    ),
    Invariant(
        "units stay in the fleet",
        "a unit in a vehicle belongs to the vehicle's fleet and is in service",
        """
        SELECT v.vehicle_id, u.qnr FROM telematics_vehicle v JOIN telematics_unit u ON u.qnr = v.unit_id
        WHERE u.fleet_id IS DISTINCT FROM v.fleet_id OR u.retired_at IS NOT NULL""",
        f"""
        UPDATE telematics_unit SET retired_at = now()
        WHERE qnr = (SELECT unit_id FROM telematics_vehicle WHERE vehicle_id = {BUILT})""",
    ),
    Invariant(
        "a unit is in one vehicle",
        "no unit is in two vehicles",
        """
        SELECT unit_id, count(*) FROM telematics_vehicle WHERE unit_id IS NOT NULL
        GROUP BY unit_id HAVING count(*) > 1""",
        f"""
        DO $$ DECLARE named text; BEGIN
            FOR named IN SELECT conname FROM pg_constraint
                WHERE conrelid = 'telematics_vehicle'::regclass AND contype = 'u'
            LOOP EXECUTE format('ALTER TABLE telematics_vehicle DROP CONSTRAINT %I CASCADE', named); END LOOP;
        END $$;
        INSERT INTO telematics_vehicle SELECT (t.r).* FROM (SELECT jsonb_populate_record(
            v, '{{"vehicle_id": "ZZZZZ", "vin": ""}}') AS r FROM telematics_vehicle v
            WHERE v.vehicle_id = {BUILT}) AS t""",
    ),
    Invariant(
        "vehicles come from somewhere",
        "a live vehicle was brought by a job that holds or built it, or written by the fleet",
        """
        SELECT v.vehicle_id FROM telematics_vehicle v WHERE v.archived_at IS NULL
        AND NOT EXISTS (SELECT FROM telematics_vehicleevent e WHERE e.vehicle_id = v.vehicle_id)
        AND NOT EXISTS (SELECT FROM jobs_job j WHERE j.vehicle_id = v.vehicle_id AND j.vehicle_created
            AND j.status IN ('ASSIGNED', 'RUNNING', 'SUCCEEDED'))""",
        f"UPDATE jobs_job SET vehicle_created = false WHERE id = {SUCCEEDED}",
    ),
    Invariant(
        "vehicles are as they were built",
        "a vehicle has the VIN that the job which brought it wrote down",
        """
        SELECT v.vehicle_id, v.vin, j.vin FROM telematics_vehicle v JOIN jobs_job j
        ON j.vehicle_id = v.vehicle_id AND j.vehicle_created AND j.status IN ('RUNNING', 'SUCCEEDED')
        WHERE v.archived_at IS NULL AND j.vin <> '' AND v.vin <> j.vin""",
        f"UPDATE telematics_vehicle SET vin = 'WST00000000000042' WHERE vehicle_id = {BUILT}",
    ),
    Invariant(
        "one car, one VIN",
        "no two live vehicles of a fleet have the same VIN",
        """
        SELECT fleet_id, vin FROM telematics_vehicle WHERE archived_at IS NULL AND vin <> ''
        GROUP BY fleet_id, vin HAVING count(*) > 1""",
        f"""
        DROP INDEX vehicle_vin_once_in_fleet;
        INSERT INTO telematics_vehicle SELECT (t.r).* FROM (SELECT jsonb_populate_record(
            v, '{{"vehicle_id": "ZZZZZ", "unit_id": null}}') AS r FROM telematics_vehicle v
            WHERE v.vehicle_id = {BUILT}) AS t""",
    ),
    Invariant(
        "open jobs have a live vehicle",
        "the vehicle of a RUNNING job is in the fleet",
        """
        SELECT j.id FROM jobs_job j JOIN telematics_vehicle v ON v.vehicle_id = j.vehicle_id
        WHERE j.status = 'RUNNING' AND v.archived_at IS NOT NULL""",
        f"""
        UPDATE telematics_vehicle SET unit_id = NULL, archived_at = now() WHERE vehicle_id = {IN_WORK}""",
    ),
    Invariant(
        "a mounted unit is in the vehicle",
        "no company holds a unit that is in a vehicle, unless its mounting can still be undone",
        """
        SELECT c.unit_id, c.company_id FROM telematics_custody c
        JOIN telematics_vehicle v ON v.unit_id = c.unit_id
        WHERE c.ended_at IS NULL AND NOT EXISTS (SELECT FROM jobs_job j WHERE j.unit_id = c.unit_id
            AND j.mounted AND j.status IN ('ASSIGNED', 'RUNNING'))""",
        f"""
        INSERT INTO telematics_custody (id, unit_id, company_id, start, "end")
        SELECT gen_random_uuid(), v.unit_id, j.company_id, 'HANDED_OVER', ''
        FROM telematics_vehicle v JOIN jobs_job j ON j.id = {SUCCEEDED}
        WHERE v.vehicle_id = {BUILT}""",
    ),
]
