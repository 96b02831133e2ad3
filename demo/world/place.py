"""Where the demo world may be: in a database with its mark, or in one that holds no user and no provider yet."""

from django.conf import settings
from django.db import connection, models

from accounts.models import MobilityProvider, User
from core.models import DemoMark
from demo.world import people

OCCUPIED = (
    "This database holds users or providers and no demo world, which is not built beside real data. "
    "Start with --empty, or give another database."
)


class Occupied(Exception):
    """The database holds other data than the demo world's."""

    def __init__(self) -> None:
        super().__init__(OCCUPIED)


def holds_demo_world() -> bool:
    """Whether the demo world is in this database. Raises Occupied if other data does. Writes nothing.

    It may be called before `migrate`: tables and columns may be missing.
    """
    return _holds(DemoMark) or holds_unmarked_world()


def holds_unmarked_world() -> bool:
    """Whether an earlier version has built the demo world here: its logins are there, and `var/world` names it.

    Raises Occupied if any other user or provider is there.
    """
    if not _holds(User) and not _holds(MobilityProvider):
        return False
    if not _chosen_as_demo() or not people.are_there():
        raise Occupied
    return True


def _holds(model: type[models.Model]) -> bool:
    return (
        model._meta.db_table in connection.introspection.table_names()
        and model._base_manager.exists()
    )


def _chosen_as_demo() -> bool:
    """Whether the first start on this `var/` chose the demo world."""
    return settings.WORLD_FILE.exists() and settings.WORLD_FILE.read_text().strip() == "demo"
