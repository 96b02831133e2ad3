"""The keys under which a fleet itself sends commands: those of its machines, and of its people at the desk."""

from tests.torture.invariants.base import Invariant

CLIENTS = "(SELECT id FROM telematics_key WHERE kind = 'CLIENT' ORDER BY id LIMIT 1)"
STAFFS = "(SELECT id FROM telematics_key WHERE kind = 'STAFF' ORDER BY id LIMIT 1)"

FLEETS_KEYS = [
    Invariant(
        "one open key of a machine",
        "a machine has one open key of a vehicle",
        """
        SELECT client_id, vehicle_id, count(*) FROM telematics_key
        WHERE kind = 'CLIENT' AND ended_at IS NULL GROUP BY 1, 2 HAVING count(*) > 1""",
        f"""
        DROP INDEX key_one_open_of_a_client;
        INSERT INTO telematics_key SELECT (t.r).* FROM (SELECT jsonb_populate_record(
            k, jsonb_build_object('id', gen_random_uuid())) AS r FROM telematics_key k
            WHERE k.id = {CLIENTS}) AS t""",
    ),
    Invariant(
        "keys of machines follow their commands",
        "the key of a machine runs until 15 minutes after the last command under it, and no longer",
        """
        SELECT k.id, k.ends_at, max(c.created_at) FROM telematics_key k
        LEFT JOIN telematics_command c ON c.key_id = k.id WHERE k.kind = 'CLIENT' GROUP BY k.id
        HAVING max(c.created_at) IS NULL OR k.ends_at NOT BETWEEN max(c.created_at) + interval '14 min'
            AND max(c.created_at) + interval '15 min'""",
        f"UPDATE telematics_key SET ends_at = ends_at + interval '1 min' WHERE id = {CLIENTS}",
    ),
    Invariant(
        "a lost right closes",
        "no key is open of a machine that may no longer send commands",
        r"""
        SELECT k.id FROM telematics_key k JOIN accounts_apiclient a ON a.id = k.client_id
        JOIN allauth_idp_oidc_client o ON o.id = a.client_id
        WHERE k.ended_at IS NULL AND k.ends_at > now()
        AND NOT 'commands:write' = ANY (regexp_split_to_array(o.scopes, '\s+'))""",
        "UPDATE allauth_idp_oidc_client SET scopes = 'vehicles:read'",
    ),
    Invariant(
        "a revocation closes",
        "every key of a machine that is revoked has ended",
        """
        SELECT k.id FROM telematics_key k JOIN accounts_apiclient a ON a.id = k.client_id
        WHERE a.revoked_at IS NOT NULL AND k.ended_at IS NULL""",
        """
        UPDATE accounts_apiclient SET revoked_at = now();
        UPDATE telematics_key SET ended_at = NULL, ends_at = now() - interval '1 min', dropped_at = now()
        WHERE kind = 'CLIENT'""",
    ),
    Invariant(
        "nothing after a revocation",
        "no command of a machine was handed over after its revocation was committed",
        """
        SELECT c.id, c.sent_at, a.revoked_at FROM telematics_command c
        JOIN accounts_apiclient a ON a.id = c.client_id
        WHERE c.sent_at > pg_temp.committed(a.xmin, a.revoked_at)
        AND c.sent_at > a.revoked_at""",
        "UPDATE accounts_apiclient SET revoked_at = '2020-01-01'",
    ),
    Invariant(
        "commands are under the sender's key",
        "a command of a machine is under its own key, that of a person at the desk under their own",
        """
        SELECT c.id FROM telematics_command c JOIN telematics_key k ON k.id = c.key_id
        WHERE c.client_id IS DISTINCT FROM k.client_id
        OR k.kind = 'STAFF' AND c.requested_by_id IS DISTINCT FROM k.holder_id""",
        f"UPDATE telematics_command SET client_id = NULL WHERE key_id = {CLIENTS}",
    ),
    Invariant(
        "one command for a key of the desk",
        "a key of a person at the desk is for one command",
        """
        SELECT k.id, count(c.id) FROM telematics_key k LEFT JOIN telematics_command c ON c.key_id = k.id
        WHERE k.kind = 'STAFF' GROUP BY k.id HAVING count(c.id) <> 1""",
        f"DELETE FROM telematics_command WHERE key_id = {STAFFS}",
    ),
    Invariant(
        "the fleet sends to its own",
        "a key of a machine is to a vehicle of its fleet",
        """
        SELECT k.id FROM telematics_key k JOIN accounts_apiclient a ON a.id = k.client_id
        JOIN telematics_vehicle v ON v.vehicle_id = k.vehicle_id WHERE v.fleet_id <> a.fleet_id""",
        "UPDATE accounts_apiclient SET fleet_id = 'ZZZZZ'",
    ),
    Invariant(
        "acknowledged revocations hold",
        "a client that was acknowledged as revoked is revoked, and has no token",
        """
        SELECT k.path FROM kept k JOIN accounts_apiclient a
        ON k.path LIKE '%/settings/api-clients/' || a.id || '/revoke/' WHERE k.act = 'revoke_client'
        AND (a.revoked_at IS NULL
            OR EXISTS (SELECT FROM allauth_idp_oidc_token t WHERE t.client_id = a.client_id))""",
        """
        INSERT INTO ledger SELECT jsonb_build_object('what', 'kept', 'act', 'revoke_client', 'path',
            '/settings/api-clients/' || id || '/revoke/') FROM accounts_apiclient""",
    ),
    Invariant(
        "commands know their end",
        "a command that a machine was told to be done is done",
        """
        SELECT k.answer FROM kept k JOIN telematics_command c ON pg_temp.ulid(c.id) = k.answer->>'id'
        WHERE k.act = 'command' AND k.who LIKE 'client:%' AND k.answer->>'status' = 'DONE'
        AND c.status <> 'DONE'""",
        """
        UPDATE ledger SET line = jsonb_set(line, '{answer,status}', '"DONE"')
        WHERE line->>'act' = 'command' AND line->>'what' = 'kept';
        UPDATE telematics_command SET status = 'FAILED', error = 'busy' WHERE client_id IS NOT NULL""",
    ),
]
