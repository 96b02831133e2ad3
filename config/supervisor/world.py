"""A `var/` begins as a demo world or empty, and stays so: demo logins never stand beside real data."""

import os
from io import StringIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from config.places import chosen_world
from config.supervisor.errors import CannotStart

DEMO, EMPTY = "demo", "empty"


def first_choice() -> str:
    """The choice of the first start: DEMO, EMPTY, or "" before it."""
    try:
        return chosen_world(settings.WORLD_FILE)
    except ImproperlyConfigured as nonsense:
        raise CannotStart(str(nonsense)) from nonsense


def remember(chosen: str) -> None:
    """Called once the database is prepared: a start that was refused decides nothing."""
    if not first_choice():
        settings.WORLD_FILE.write_text(chosen)


def choose(*, demo: bool, empty: bool) -> str:
    """What this start runs on. Writes nothing, neither here nor in the database.

    A database that was given gets the demo world only with --demo, and none gets it beside real data: the
    command `demo` refuses that.
    """
    _refuse_contradictions(demo=demo, empty=empty)
    chosen = _wanted(demo=demo, empty=empty)
    if chosen == DEMO and not _stands() and settings.DATABASE_GIVEN and not demo:
        raise CannotStart(
            f"{settings.VAR_DIR} holds the demo world, but the database of DATABASE_URL does not. "
            "Build it there with --demo, or give another VAR_DIR."
        )
    return chosen


def _refuse_contradictions(*, demo: bool, empty: bool) -> None:
    if empty and first_choice() == DEMO:
        raise CannotStart(
            f"{settings.VAR_DIR} holds the demo world. For an empty one give another VAR_DIR."
        )
    if demo and first_choice() == EMPTY:
        raise CannotStart(
            f"{settings.VAR_DIR} was begun empty. For the demo world give another VAR_DIR."
        )
    if demo and _demo_is_off():
        raise CannotStart(
            "DEMO is false: without demo mode there is no demo world. Leave out --demo or DEMO."
        )


def _wanted(*, demo: bool, empty: bool) -> str:
    if _demo_is_off():
        return EMPTY
    if first_choice():
        return first_choice()
    return DEMO if demo or not (empty or settings.DATABASE_GIVEN) else EMPTY


def _demo_is_off() -> bool:
    """DEMO=false in the environment: a demo world that is there keeps its logins shut."""
    return bool(os.environ.get("DEMO")) and not settings.DEMO


def _stands() -> bool:
    """Whether the database holds the demo world already. Raises CommandError where it may not be built."""
    return call_command("demo", check=True, stdout=StringIO()) == "there"
