"""The last line of defence, made readable: what collides in the database becomes the refusal that
the check before it missed.
"""

import re

from django.apps import apps
from django.db import IntegrityError, models

from core.errors import MoveRefused
from core.refusals import CATALOGUE

# "UNIQUE constraint failed: table.column, table.column" or "…: index 'name'"; "CHECK constraint failed: name";
# "FOREIGN KEY constraint failed".
SQLITE = re.compile(r"(UNIQUE|CHECK|FOREIGN KEY) constraint failed(?:: (?:index ')?([^']+))?")
FOREIGN_KEY_VIOLATION = "23503"
UNIQUE_VIOLATION = "23505"
CHECK_VIOLATION = "23514"
EXCLUSION_VIOLATION = "23P01"


def refusal(error: IntegrityError) -> MoveRefused | None:
    """The refusal for a broken uniqueness, a row that was deleted meanwhile, or a check that names its code.

    None for what only a bug can break.
    """
    kind, where = _broken(error)
    constraint = _constraint(where)
    code = getattr(constraint, "violation_error_code", None)
    if code in CATALOGUE:
        return MoveRefused(code)
    if kind == "UNIQUE":
        return MoveRefused("conflict")
    if kind == "FOREIGN KEY":
        return MoveRefused("gone")
    return None


def _broken(error: IntegrityError) -> tuple[str, str]:
    """(kind, constraint's name or its columns) of the database's error."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state is not None:
        kind = {
            UNIQUE_VIOLATION: "UNIQUE",
            EXCLUSION_VIOLATION: "UNIQUE",
            CHECK_VIOLATION: "CHECK",
            FOREIGN_KEY_VIOLATION: "FOREIGN KEY",
        }.get(state, "")
        return kind, error.__cause__.diag.constraint_name or ""  # type: ignore[union-attr]
    found = SQLITE.search(str(error))
    if found:
        return (found[1], found[2] or "")
    return ("", "")


def _constraint(where: str) -> models.BaseConstraint | None:
    columns = set(where.split(", "))
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == where or (
                isinstance(constraint, models.UniqueConstraint)
                and columns == _columns(model, constraint)
            ):
                return constraint
    return None


def _columns(model: type[models.Model], constraint: models.UniqueConstraint) -> set[str]:
    return {
        f"{model._meta.db_table}.{model._meta.get_field(name).column}" for name in constraint.fields
    }
