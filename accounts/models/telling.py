"""Mails of sensitive changes: a role, a suspension, a demanded factor, an address, the end of a company."""

from core.models import Mail


def tell(people, what: str, **about: str) -> None:
    """Mail each user of `people`, in the caller's transaction, that `what` changed; the template knows what to say."""
    context = {"what": what, **about}
    Mail.objects.enqueue_all(
        [Mail(to=user.email, template="mails/change", context=context, **user.manners) for user in people]
    )
