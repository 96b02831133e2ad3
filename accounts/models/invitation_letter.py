"""The mail that brings the link of an invitation."""

from typing import TYPE_CHECKING, Any

from core.models import Mail

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.invitation import Invitation


def enqueue_letter(invitation: "Invitation", token: str, by: "Actor") -> Mail:
    """Enqueue the mail with the link that `token` opens, in the caller's transaction."""
    context = link_context(invitation)
    context["path"] = f"/invitations/{token}/"
    context["inviter"] = by.name if by else ""
    return Mail.objects.enqueue(
        to=invitation.email,
        template=f"mails/invitation_to_{invitation.kind.lower()}",
        context=context,
        on_behalf_of=invitation.team.invitation_mails.sender,
        **recipient_settings(invitation, by),
    )


def link_context(invitation: "Invitation") -> dict[str, Any]:
    """What the link leads to, as the template of its kind needs it."""
    if invitation.company and invitation.kind == invitation.Kind.COMPANY:
        return {"company": invitation.company.name, "role": invitation.role}
    fleet: Any = invitation.team
    context = {"provider": fleet.provider.name, "fleet": fleet.name}
    if invitation.kind == invitation.Kind.FLEET:
        context["role"] = invitation.role
    else:
        context["known"] = bool(invitation.answered_by_company)
    return context


def recipient_settings(invitation: "Invitation", by: "Actor") -> dict[str, str]:
    """The language and time zone of the recipient if the address has an account.

    Otherwise those that the team has chosen, and those of `by` where it has not.
    """
    from accounts.models.user import User

    recipient = User.objects.filter(email=invitation.email).first()
    if recipient:
        return recipient.mail_settings
    sender: Any = by
    of_sender = sender.mail_settings if sender else {}
    return of_sender | invitation.team.mail_settings
