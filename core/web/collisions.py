"""The last line of defence, made readable: what collides in the database becomes the refusal that the check before it missed."""

import re

from django.apps import apps
from django.db import IntegrityError, models

from core.moves import MoveRefused
from core.web.problem_codes import CODES

# "UNIQUE constraint failed: jobs_job.fleet_id, jobs_job.vin" or "…: index 'name'"; "CHECK constraint failed: name".
SQLITE = re.compile(r"(UNIQUE|CHECK) constraint failed: (?:index ')?([^']+)")
UNIQUE_VIOLATION, CHECK_VIOLATION, EXCLUSION_VIOLATION = "23505", "23514", "23P01"


def refusal(error: IntegrityError) -> MoveRefused | None:
    """The refusal for a broken uniqueness or a check that names its code; None for what only a bug can break."""
    kind, where = _broken(error)
    constraint = _constraint(where)
    code = getattr(constraint, "violation_error_code", None)
    if code in CODES:
        return MoveRefused(code, CODES[code].title)
    return MoveRefused("conflict", CODES["conflict"].title) if kind == "UNIQUE" else None


def _broken(error: IntegrityError) -> tuple[str, str]:
    """(kind, constraint's name or its columns) of what the database said."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state is not None:
        kind = {UNIQUE_VIOLATION: "UNIQUE", EXCLUSION_VIOLATION: "UNIQUE", CHECK_VIOLATION: "CHECK"}.get(state, "")
        return kind, error.__cause__.diag.constraint_name or ""  # type: ignore[union-attr]
    found = SQLITE.search(str(error))
    return (found[1], found[2]) if found else ("", "")


def _constraint(where: str) -> models.BaseConstraint | None:
    columns = set(where.split(", "))
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == where or (
                isinstance(constraint, models.UniqueConstraint) and columns == _columns(model, constraint)
            ):
                return constraint
    return None


def _columns(model: type[models.Model], constraint: models.UniqueConstraint) -> set[str]:
    return {f"{model._meta.db_table}.{model._meta.get_field(name).column}" for name in constraint.fields}
