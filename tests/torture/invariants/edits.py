"""What people and machines of a fleet change of its vehicles and units."""

from tests.torture.invariants.base import Invariant

# One that the fleet has created and that no job has touched: only the fleet itself changes it.
UNTOUCHED = """
    EXISTS (SELECT FROM telematics_vehicleevent e WHERE e.vehicle_id = v.vehicle_id AND e.verb = 'create')
    AND NOT EXISTS (SELECT FROM jobs_job j WHERE j.vehicle_id = v.vehicle_id)"""
EDIT = "(SELECT id FROM telematics_vehicleevent WHERE verb = 'edit' ORDER BY id LIMIT 1)"

EDITS = [
    Invariant(
        "versions of vehicles without gaps",
        "a vehicle that only the fleet has changed has one event for each of its versions, from 1",
        f"""
        SELECT v.vehicle_id, v.version, count(e.id), max(e.seq) FROM telematics_vehicle v
        LEFT JOIN telematics_vehicleevent e ON e.vehicle_id = v.vehicle_id WHERE {UNTOUCHED}
        GROUP BY v.vehicle_id HAVING count(DISTINCT e.seq) <> v.version OR min(e.seq) <> 1
        OR max(e.seq) IS DISTINCT FROM v.version""",
        f"DELETE FROM telematics_vehicleevent WHERE id = {EDIT}",
    ),
    Invariant(
        "no event before its version",
        "no event of a vehicle is of a version that the vehicle has not reached",
        """
        SELECT e.vehicle_id, e.seq, v.version FROM telematics_vehicleevent e
        JOIN telematics_vehicle v ON v.vehicle_id = e.vehicle_id WHERE e.seq > v.version OR e.seq < 1""",
        f"UPDATE telematics_vehicleevent SET seq = seq + 1000 WHERE id = {EDIT}",
    ),
    Invariant(
        "changes of vehicles say who",
        "an event of a vehicle is by a person or by a machine, which came by OneAPI",
        """
        SELECT id, channel FROM telematics_vehicleevent WHERE (actor_id IS NULL) = (client_id IS NULL)
        OR (client_id IS NOT NULL AND channel <> 'oneapi')""",
        "UPDATE telematics_vehicleevent SET channel = 'worker', client_id = 1, actor_id = NULL",
    ),
    Invariant(
        "acknowledged changes of vehicles are there",
        "each change of a vehicle that was acknowledged is in its history, by whom it was made",
        """
        SELECT k.who, k.act, k.line->>'vehicle' FROM kept k
        WHERE k.line ? 'vehicle' AND k.line->>'mark' <> '' AND NOT EXISTS (
            SELECT FROM change c WHERE c.vehicle_id = k.line->>'vehicle'
            AND (c.who = k.who OR c.verb = 'change_unit') AND c.verb = k.line->>'verb'
            AND position(k.line->>'mark' IN c.text) > 0)""",
        f"DELETE FROM telematics_vehicleevent WHERE id = {EDIT}",
    ),
    Invariant(
        "nothing comes between",
        "a change of the version that was read is the next one after it",
        """
        SELECT k.who, k.line->>'vehicle', c.seq FROM kept k JOIN change c
        ON c.vehicle_id = k.line->>'vehicle' AND c.verb = k.line->>'verb'
            AND position(k.line->>'mark' IN c.after) > 0 AND c.who = k.who
        WHERE coalesce(k.line->>'expected', k.body->>'expected') IS NOT NULL AND k.act = 'edit_vehicle'
        AND c.seq <> coalesce(k.line->>'expected', k.body->>'expected')::int + 1""",
        f"UPDATE telematics_vehicleevent SET seq = seq + 1000 WHERE id = {EDIT}",
    ),
    Invariant(
        "acknowledged versions stay",
        "no vehicle is in an earlier version than one that was acknowledged",
        """
        SELECT k.line->>'vehicle', k.answer->>'now', v.version FROM kept k
        LEFT JOIN telematics_vehicle v ON v.vehicle_id = k.line->>'vehicle'
        WHERE k.line ? 'vehicle' AND k.answer ? 'now' AND k.act <> 'command'
        AND (v.version IS NULL OR v.version < (k.answer->>'now')::int)""",
        f"""
        UPDATE telematics_vehicle SET version = 0
        WHERE vehicle_id = (SELECT vehicle_id FROM telematics_vehicleevent WHERE id = {EDIT})""",
    ),
    Invariant(
        "acknowledged archiving is on record",
        "a vehicle that was acknowledged as archived or restored has been so",
        """
        SELECT k.act, k.line->>'vehicle' FROM kept k
        WHERE k.act IN ('archive_vehicle', 'restore_vehicle') AND NOT EXISTS (
            SELECT FROM telematics_vehicleevent e WHERE e.vehicle_id = k.line->>'vehicle'
            AND e.verb = 'archive')""",
        """
        INSERT INTO ledger SELECT jsonb_build_object('what', 'kept', 'act', 'archive_vehicle', 'vehicle',
            vehicle_id) FROM telematics_vehicle""",
    ),
    Invariant(
        "archived by the last word",
        "a vehicle that only the fleet has changed is archived if it was archived last, not restored",
        f"""
        SELECT v.vehicle_id FROM telematics_vehicle v WHERE {UNTOUCHED}
        AND (v.archived_at IS NOT NULL) <> coalesce((SELECT e.verb = 'archive'
            FROM telematics_vehicleevent e WHERE e.vehicle_id = v.vehicle_id
            AND e.verb IN ('archive', 'restore') ORDER BY e.seq DESC LIMIT 1), false)""",
        f"""
        UPDATE telematics_vehicle v SET archived_at = now(), unit_id = NULL WHERE {UNTOUCHED}""",
    ),
    Invariant(
        "the unit of the last word",
        "a vehicle that only the fleet has changed has the unit that it got last, or none",
        f"""
        SELECT v.vehicle_id, v.unit_id FROM telematics_vehicle v WHERE {UNTOUCHED}
        AND v.unit_id IS DISTINCT FROM (SELECT e.data->>'unit' FROM telematics_vehicleevent e
            WHERE e.vehicle_id = v.vehicle_id AND e.verb IN ('create', 'change_unit', 'archive')
            ORDER BY e.seq DESC LIMIT 1)""",
        f"UPDATE telematics_vehicle v SET unit_id = NULL WHERE {UNTOUCHED}",
    ),
    Invariant(
        "one holder of a unit",
        "a unit is held by one company at a time",
        """
        SELECT unit_id, count(*) FROM telematics_custody WHERE ended_at IS NULL
        GROUP BY unit_id HAVING count(*) > 1""",
        """
        DROP INDEX unit_held_by_one_company;
        INSERT INTO telematics_custody (id, unit_id, company_id, start, "end")
        SELECT gen_random_uuid(), u.qnr, c.partner_id, 'HANDED_OVER', ''
        FROM (SELECT qnr FROM telematics_unit LIMIT 1) AS u, accounts_company c, generate_series(1, 2)""",
    ),
    Invariant(
        "custodies end with a reason",
        "a custody that has ended says why and when, and an open one says neither",
        """
        SELECT id FROM telematics_custody WHERE ("end" = '') <> (ended_at IS NULL)""",
        """
        INSERT INTO telematics_custody (id, unit_id, company_id, start, "end")
        SELECT gen_random_uuid(), u.qnr, c.partner_id, 'HANDED_OVER', 'RETURNED'
        FROM telematics_unit u, accounts_company c LIMIT 1""",
    ),
    Invariant(
        "acknowledged hand-overs are on record",
        "a unit that was acknowledged as handed over was held by that company",
        """
        SELECT k.path FROM kept k WHERE k.act = 'hand_over' AND NOT EXISTS (
            SELECT FROM telematics_custody c JOIN person p ON p.id = c.started_by_id
            WHERE k.path LIKE '%/units/' || c.unit_id || '/hand-over/' AND p.email = k.who
            AND c.company_id = k.body->>'company')""",
        """
        INSERT INTO ledger SELECT jsonb_build_object('what', 'kept', 'act', 'hand_over', 'who', 'x',
            'path', '/units/' || qnr || '/hand-over/') FROM telematics_unit""",
    ),
]
