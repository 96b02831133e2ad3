"""Examples of the mails about accounts, invitations and teams."""

from accounts.models.consumer_choices import SuspendedBecause
from core.mail.previews import add

PROVIDER, FLEET, COMPANY, PERSON = "AppDrive", "Berlin", "QuickInstall", "Nora Example"
TEAM = f"{PROVIDER} {FLEET}"
LINK = "/invitations/example/"
CHANGES = (
    "suspended",
    "reinstated",
    "team_suspended",
    "team_reinstated",
    "second_factor",
    "company_deleted",
)
NOTICES = (
    "password_changed",
    "email_changed",
    "totp_activated",
    "totp_deactivated",
    "recovery_codes_generated",
    "webauthn_added",
    "webauthn_removed",
    "second_factor_reset",
    "sessions_ended",
)

add("invitation_to_company", company=COMPANY, inviter=PERSON, role="INSTALLER", path=LINK)
add("invitation_to_fleet", provider=PROVIDER, fleet=FLEET, inviter=PERSON, role="VIEWER", path=LINK)
for known in (False, True):
    add(
        f"invitation_to_partnership:{'known' if known else 'new'}",
        provider=PROVIDER,
        fleet=FLEET,
        inviter=PERSON,
        known=known,
        path=LINK,
    )
add("invitation_declined", team=TEAM, email="nora@example.com", path="/")
add("member_removed", team=COMPANY)
add("company_email", company=COMPANY, path="/installers/company/email/example/")
add("email_confirmation", path="/accounts/confirm-email/example/")
add("password_reset", path="/accounts/password/reset/key/example/")
add("unknown_account")
for role in ("ADMIN", "INSTALLER", "MANAGER", "VIEWER"):
    add(f"change:role_{role}", what="role", role=role, team=TEAM, path="/")
for what in CHANGES:
    add(f"change:{what}", what=what, team=TEAM, path="/")
add("change:company_email", what="company_email", team=COMPANY, email="office@example.com")
add("change:moved", what="moved", team=FLEET, before=PROVIDER, after="OtherFleet")
for because in SuspendedBecause.values:
    add(
        f"change:consumer_suspended_{because}",
        what="consumer_suspended",
        because=because,
        consumer="Sync",
        team=TEAM,
        path="/",
    )
for what in NOTICES:
    add(
        f"security_notice:{what}",
        what=what,
        happened_at="2026-01-15T12:00:00+00:00",
        ip="192.0.2.7",
        user_agent="Firefox",
    )
add(
    "failure",
    task="core.tasks.send_mail",
    row="01J0000000000000000000000N",
    count=5,
    error="ConnectionRefusedError: refused",
    path="/admin/core/failure/",
)
