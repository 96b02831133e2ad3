"""Mails about failing work and about sensitive changes: roles, suspensions, sign-in, e-mail, the end of a company."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from core.models import Failure, Mail

if TYPE_CHECKING:
    from accounts.models.user import User


def report_failure(sender: object, failure: Failure, **_: Any) -> None:
    """Mail the operators who run the platform that a task fails again and again."""
    from accounts.models.operator_role import OperatorRole
    from accounts.models.operators import holders_of

    context = {
        "task": failure.task,
        "row": failure.row,
        "count": failure.count,
        "error": failure.error,
        "path": f"/admin/core/failure/{failure.pk}/change/",
    }
    Mail.objects.enqueue_all(
        [
            Mail(
                to=user.email,
                template="mails/failure",
                context=context,
                **user.mail_settings,
            )
            for user in holders_of(OperatorRole.OPERATIONS)
        ]
    )


def notify(people: "Iterable[User]", what: str, **about: str) -> None:
    """Mail each of `people`, in the caller's transaction, that `what` changed. The template words it."""
    context = {"what": what, **about}
    mails = [
        Mail(
            to=user.email,
            template="mails/change",
            context=context,
            **user.mail_settings,
        )
        for user in people
    ]
    Mail.objects.enqueue_all(mails)
