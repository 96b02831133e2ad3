"""The refusals of companies, fleets, partnerships and invitations."""

from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal, register

INVITATION_CLOSED = Refusal(409, _("This invitation is no longer open."))
# Of `email_not_expected`, where a mailed link leads to it.
# Of a place or a roll-out.
ARCHIVED_ALREADY = _("It is archived already.")
NOT_ARCHIVED = _("It is not archived.")
LINK_NOT_VALID = _("This link is no longer valid.")

register(
    {
        "account_exists": Refusal(409, _("This e-mail already has an account. Sign in.")),
        "address_mailed_too_often": Refusal(
            409, _("This e-mail has got several mails from here today. Try again tomorrow.")
        ),
        "address_not_allowed": Refusal(403, _("This client may not call from this IP address.")),
        "address_taken": Refusal(409, _("This e-mail belongs to another company.")),
        "agreement_missing": Refusal(
            403,
            _(
                "Your company has not accepted the agreement yet."
                " An admin of the company accepts it on the Installers website."
            ),
        ),
        "agreement_not_signed": Refusal(409, _("The company has to accept the agreement first.")),
        "agreement_superseded": Refusal(409, _("There is a newer version. Read that one.")),
        "already_erased": Refusal(409, _("This person is erased already.")),
        "already_invited": Refusal(
            409, _("This e-mail is invited already. You can send the invitation again.")
        ),
        "already_member": Refusal(409, _("This person is a member already.")),
        "already_partner": Refusal(409, _("This company is a partner of this fleet already.")),
        "already_published": Refusal(409, _("This version is published already.")),
        "company_address": Refusal(
            409, _("A company has this e-mail as its own. Give the company another one first.")
        ),
        "company_closed": Refusal(409, _("This company is closed or suspended.")),
        "company_exists": Refusal(
            409, _("A company is already registered with this e-mail. Sign in as an admin of it.")
        ),
        "company_suspended": Refusal(403, _("Your company is suspended.")),
        "consumer_name_taken": Refusal(409, _("Another event consumer has this name.")),
        "email_not_expected": Refusal(409, _("There is no e-mail to be confirmed.")),
        "fleet_suspended": Refusal(409, _("This fleet is suspended.")),
        "has_company": Refusal(409, _("You belong to a company already. Leave it first.")),
        "invitation_of_somebody_else": Refusal(409, _("This invitation is for another e-mail.")),
        "just_sent": Refusal(
            409, _("This was sent a moment ago. Wait a minute before you send it again.")
        ),
        "last_superuser": Refusal(
            409, _("This is the last superuser. Make someone else a superuser first.")
        ),
        "last_security": Refusal(
            409,
            _(
                "This is the last operator who gives roles."
                " Give someone else the role Security first."
            ),
        ),
        "last_admin": Refusal(409, _("This is the last admin. Make someone else an admin first.")),
        "no_address_changes_left": Refusal(
            409, _("The e-mail was changed too often today. Try again tomorrow.")
        ),
        "messages_gone": Refusal(410, _("Messages after this place are no longer kept.")),
        "no_feed": Refusal(409, _("The fleet has no event consumer of the kind Feed.")),
        "no_invitations_left": Refusal(409, _("No invitation is left today. Try again tomorrow.")),
        "no_such_role": Refusal(409, _("This role does not exist here.")),
        "message_not_kept": Refusal(
            409, _("This message is no longer kept, so it cannot be sent again.")
        ),
        "not_a_member": Refusal(409, _("This person is no longer a member.")),
        "not_a_partner": Refusal(409, _("This company is not a partner of this fleet.")),
        "other_person": Refusal(409, _("Somebody else is signed in here now.")),
        "own_account": Refusal(409, _("You can't suspend or demote yourself.")),
        "own_groups_by_superuser": Refusal(
            403, _("Only a superuser can give or take a group that is no role of the product.")
        ),
        "own_rights": Refusal(409, _("You can't give yourself a role. Ask another operator.")),
        "second_factor_required": Refusal(
            403, _("Two-factor authentication is required. Set it up to continue.")
        ),
        "security_only": Refusal(
            403, _("Only the role Security can change the account of an operator.")
        ),
        "superuser_only": Refusal(403, _("Only a superuser can change a superuser.")),
        "too_many_consumers": Refusal(409, _("A fleet has at most 5 event consumers.")),
    }
)
register(
    {
        f"invitation_{state}": INVITATION_CLOSED
        for state in ("used", "expired", "declined", "withdrawn")
    }
)
