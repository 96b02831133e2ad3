"""The desk's moves of a thousand jobs, against one conditional UPDATE of the same ids."""

from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import F

from bench.reading import Actions
from bench.world import World

SELECTED = 1_000


def bulk_actions(world: World) -> Actions:
    """Each is undone afterwards, so that all meet the same rows; what a commit would check is checked before."""
    from jobs.models import Job

    fleet, company, manager = world.fleets[0], world.companies[0], world.manager
    pending = Job.objects.filter(fleet=fleet, kind=Job.Kind.INSTALLATION, status=Job.Status.PENDING)
    keys = list(pending.order_by("pk").values_list("pk", flat=True)[:SELECTED])
    jobs = Job.objects.filter(pk__in=keys)

    def floor() -> int:
        return jobs.filter(status=Job.Status.PENDING).update(
            status=Job.Status.ASSIGNED, version=F("version") + 1, planned={}, company=company
        )

    actions = {
        "floor of bulk": floor,
        "bulk assign": lambda: jobs.assign_all(company, fleet=fleet, by=manager),
        "bulk edit": lambda: jobs.edit_all(
            fleet=fleet, by=manager, location="Hall 7", tracking=True
        ),
        "bulk delete": lambda: jobs.delete_all(fleet=fleet, by=manager),
    }
    return {name: undone(action) for name, action in actions.items()}


def undone(action: Callable) -> Callable[[], None]:
    def run() -> None:
        with transaction.atomic():
            action()
            connection.check_constraints()
            transaction.set_rollback(True)

    return run
