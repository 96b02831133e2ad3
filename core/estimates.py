"""PostgreSQL's own estimate of how many rows have each value of a column: one statement, of any number of rows."""

from django.db import connection, models

SQL = """
    SELECT found.value, found.share * greatest(pg_class.reltuples, 0)
    FROM pg_stats
    JOIN pg_class ON pg_class.oid = to_regclass(quote_ident(tablename))
    CROSS JOIN unnest(most_common_vals::text::text[], most_common_freqs) AS found(value, share)
    WHERE schemaname = current_schema() AND tablename = %s AND attname = %s
"""


def estimated_counts(model: type[models.Model], column: str) -> dict[str, float]:
    """As autovacuum has last sampled them; empty on SQLite, and before the first sample."""
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SQL, [model._meta.db_table, column])
        return dict(cursor.fetchall())
