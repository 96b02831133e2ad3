import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.address import company_at, lock_addresses, verified_addresses
from accounts.models.authority import authorise
from core.models import Mail
from core.moves import MoveRefused, NotAllowed

LIFETIME = timedelta(days=14)
# Nobody's mailbox is filled by a button: one mail an invitation in so much time.
PAUSE = timedelta(minutes=1)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet):
    def standing(self):
        """Neither used nor withdrawn; it may have expired or been declined, then it can be sent again."""
        return self.filter(used_at=None, withdrawn_at=None)

    def waiting(self):
        """Standing ones that their reader has not declined."""
        return self.standing().filter(declined_at=None)

    def open(self):
        return self.waiting().filter(expires_at__gt=Now())

    def by_token(self, token: str):
        """The invitation that `token` opens, or None."""
        related = self.select_related(
            "partnership__fleet__provider", "partnership__company", "company", "fleet__provider", "created_by"
        )
        return related.filter(token_hash=hash_of(token)).first()

    def tickets_of(self, user):
        """Partner's links that `user` used and has not yet founded a company with."""
        return self.filter(kind=Invitation.Kind.PARTNERSHIP, used_by=user, company=None).order_by("pk")

    def withdraw(self) -> int:
        return self.standing().update(withdrawn_at=Now())


class Invitation(models.Model):
    """One mailed link. Only its hash is stored, so whoever reads the table cannot open it."""

    class Kind(models.TextChoices):
        PARTNERSHIP = "PARTNERSHIP", _("Partnership")
        COMPANY = "COMPANY", _("Company")
        FLEET = "FLEET", _("Fleet")

    class State(models.TextChoices):
        OPEN = "open", _("Invited")
        USED = "used", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(_("e-mail"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    partnership = models.ForeignKey(
        "accounts.Partnership",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("partnership"),
    )
    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, null=True, blank=True, related_name="invitations", verbose_name=_("company")
    )
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, null=True, blank=True, related_name="invitations", verbose_name=_("fleet")
    )
    role = models.CharField(_("role"), max_length=16, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    mail = models.ForeignKey(
        "core.Mail", models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("mail")
    )
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    used_at = models.DateTimeField(_("used"), null=True, blank=True, editable=False)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("used by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="PARTNERSHIP", partnership__isnull=False, fleet=None)
                | Q(kind="COMPANY", company__isnull=False, partnership=None, fleet=None)
                | Q(kind="FLEET", fleet__isnull=False, partnership=None, company=None),
                name="invitation_leads_to_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.email}"

    @property
    def team(self):
        """Whose door it opens: the company or the fleet; of a partnership the fleet that invites."""
        return self.fleet or (self.partnership.fleet if self.partnership else self.company)

    @property
    def answered_by_company(self):
        """Of a partner's link: the company whose admins answer it, as far as its address leads to one."""
        return self.partnership and (self.partnership.company or company_at(self.email))

    @property
    def state(self) -> str:
        if self.partnership and self.partnership.status == "DECLINED":
            return self.State.DECLINED
        if self.used_at:
            return self.State.USED
        if self.withdrawn_at or (self.partnership and self.partnership.ended_at):
            return self.State.WITHDRAWN
        if self.declined_at:
            return self.State.DECLINED
        return self.State.EXPIRED if self.expires_at <= timezone.now() else self.State.OPEN

    @property
    def mail_failed(self) -> bool:
        return bool(self.mail and self.mail.status == Mail.Status.FAILED)

    # --- sending ------------------------------------------------------------------------------------------------------
    @classmethod
    def send(cls, *, by, **fields) -> "Invitation":
        """Make an invitation and mail its link. Call it inside the transaction of whatever it invites to."""
        invitation = cls(created_by=by, **fields)
        invitation._mail(by)
        return invitation

    @transaction.atomic
    def resend(self, *, by) -> None:
        """Mail a new link, good for another 14 days; the old one is dead."""
        self._lock_standing(by)
        if self.sent_at > timezone.now() - PAUSE:
            raise MoveRefused("just_sent", _("This was sent a moment ago. Wait a minute before you send it again."))
        self._mail(by)

    @transaction.atomic
    def withdraw(self, *, by) -> None:
        """Take it back; a partner's goes with the partnership that it asks for."""
        if self.partnership:
            self.partnership.withdraw(by=by)
            self.refresh_from_db()
            return
        self._lock_standing(by)
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at"])

    def _lock_standing(self, by) -> None:
        authorise(by, self.team, *(["ADMIN", "MANAGER"] if self.partnership_id else ["ADMIN"]))
        standing = Invitation.objects.standing().select_for_update(of=("self",), no_key=True)
        self.refresh_from_db(from_queryset=Invitation.objects.select_for_update(of=("self",), no_key=True))
        if not standing.filter(pk=self.pk).exists():
            raise MoveRefused(f"invitation_{self.state}", _("This invitation is not open any more."))

    def _mail(self, by) -> None:
        token = secrets.token_urlsafe(32)  # 256 bits
        self.token_hash, self.sent_at, self.expires_at = hash_of(token), timezone.now(), timezone.now() + LIFETIME
        self.declined_at = None
        self.mail = Mail.objects.enqueue(
            to=self.email,
            template=f"mails/invitation_to_{self.kind.lower()}",
            context={"path": f"/invitations/{token}/", **self._described(), "inviter": by.name if by else ""},
            **self._manners_of_the_receiver(by),
        )
        self.save()

    def _described(self) -> dict:
        if self.kind == self.Kind.COMPANY:
            return {"company": self.company.name, "role": self.role}
        fleet = self.team
        described = {"provider": fleet.provider.name, "fleet": fleet.name}
        return described | ({"role": self.role} if self.fleet_id else {"known": bool(self.answered_by_company)})

    def _manners_of_the_receiver(self, by) -> dict:
        """The receiver's language and zone where the address is known, else the inviter's."""
        from accounts.models.user import User

        reader = User.objects.filter(email=self.email).first() or by
        return {"language": reader.language, "time_zone": reader.time_zone} if reader else {}

    # --- opening ------------------------------------------------------------------------------------------------------
    def fits(self, user) -> bool:
        """Is `user` who was invited? A partner's link is for any admin of the company that its address leads to."""
        if self.email.lower() in verified_addresses(user):
            return True
        company = self.answered_by_company
        return bool(company) and company.memberships.live().admins().filter(user=user).exists()

    @transaction.atomic
    def accept(self, *, by) -> None:
        """Use the link, once: `by` becomes a member; of a partner's link, may register a company."""
        lock_addresses(self.email, *verified_addresses(by))
        if not self.partnership_id:
            self.team.lock()
        if not self.fits(by):
            raise MoveRefused("invitation_of_somebody_else", _("This invitation is for another e-mail."))
        # Without a company yet, a used partner's link is the ticket to found one.
        theirs = {"company": by.company} if self.partnership_id else {}
        used = Invitation.objects.open().filter(pk=self.pk).update(used_at=Now(), used_by=by, **theirs)
        self.refresh_from_db()
        if not used:
            raise MoveRefused(f"invitation_{self.state}", _("This invitation is not open any more."))
        if not self.partnership_id:
            self.team.admit(by, self.role)

    @transaction.atomic
    def decline(self, *, by=None) -> None:
        """Its reader says no. Somebody without an account may: the link came to his mailbox; a partner's is answered
        by the company, under Clients.
        """
        if self.partnership_id or not (self.fits(by) if by else not self._account_exists()):
            raise NotAllowed
        declined = Invitation.objects.open().filter(pk=self.pk).update(declined_at=Now())
        self.refresh_from_db()
        if not declined:
            raise MoveRefused(f"invitation_{self.state}", _("This invitation is not open any more."))
        about = {"email": self.email, "team": self.team.known_as, "path": self.team.users_path}
        for reader in [self.created_by] if self.created_by and self.created_by.is_active else self.team.admins:
            Mail.objects.enqueue(user=reader, template="mails/invitation_declined", context=about)

    def _account_exists(self) -> bool:
        from accounts.models.user import User

        return User.objects.filter(email=self.email).exists()

    def register(self, *, password: str, first_name: str = "", last_name: str = "", language: str = ""):
        """Make the account of somebody new, its address proved by the link, and use the link."""
        from accounts.models.user import User

        zone = self.team.time_zone if self.kind != self.Kind.COMPANY else self.created_by and self.created_by.time_zone
        manners = {"language": language, "time_zone": zone}
        user = User.objects.prepare(
            self.email,
            password,
            first_name=first_name,
            last_name=last_name,
            **{name: value for name, value in manners.items() if value},
        )
        self._enter(user)
        return user

    @transaction.atomic
    def _enter(self, user) -> None:
        lock_addresses(self.email)
        if self._account_exists():
            raise MoveRefused("account_exists", _("There is an account with this e-mail. Sign in."))
        if self.answered_by_company:
            raise MoveRefused("company_exists", _("A company is registered with this e-mail. Sign in as its admin."))
        type(user).objects.enter(user)
        self.accept(by=user)
