from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Self, cast

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.mail_allowance import MailAllowance, address_changes_of, resets_of
from accounts.models.notification import notify
from accounts.models.operators import check_suspension
from accounts.models.suspension import Suspendable, lock_in_order, suspended
from accounts.models.user_manager import UserManager
from accounts.time_zones import validate_time_zone
from core.errors import NotAllowed
from core.models import Mail
from core.prepared import Given, Prepared
from core.values.addresses import AddressField
from core.values.text_fields import LineField

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.company import Company
    from accounts.models.membership import CompanyMembership, CompanyMembershipQuerySet
    from accounts.models.team import Team

NAME_KEPT_FOR = timedelta(days=730)
# A message is kept for 7 days, and for 30 more what a receiver has answered to it.
TEXTS_KEPT_FOR = timedelta(days=40)


class User(Suspendable, AbstractBaseUser, PermissionsMixin):
    """A person. They sign in by e-mail, and their memberships define what they may do."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    email = AddressField(
        _("e-mail"),
        unique=True,
        error_messages={"unique": _("Another account has this e-mail already.")},
    )
    first_name = LineField(_("first name"), max_length=100, blank=True)
    last_name = LineField(_("last name"), max_length=100, blank=True)
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    time_zone = LineField(
        _("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_time_zone]
    )
    theme = models.CharField(
        _("theme"),
        max_length=8,
        choices=Theme,
        default=Theme.AUTO,
    )
    is_staff = models.BooleanField(
        _("operator"), default=False, help_text=_("May sign in to the admin site.")
    )
    closed_at = models.DateTimeField(
        _("closed"),
        null=True,
        blank=True,
        editable=False,
    )
    is_demo = models.BooleanField(
        _("demo login"),
        db_default=False,
        default=False,
        editable=False,
    )
    is_active = models.GeneratedField(
        verbose_name=_("active"),
        expression=cast(
            Any, Q(suspended_at__isnull=True, closed_at__isnull=True)
        ),  # the stubs lack Q here
        output_field=models.BooleanField(),
        db_persist=True,
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    is_person = True  # the other principals are API clients

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        permissions = [
            ("give_roles", "Can make people operators and give them roles"),
            ("reset_second_factor", "Can reset two-factor authentication"),
            ("suspend_user", "Can suspend and reinstate people"),
        ]
        indexes = [
            suspended("user_suspended"),
            models.Index(fields=["last_login"], name="user_by_last_login"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_ignoring_case",
                violation_error_message=_("Another account has this e-mail already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **options: Any) -> Self:
        """Load a demo login as inactive outside demo mode.

        Django and allauth check `is_active` at every sign-in and on every request, on each way to sign in.
        """
        user = super().from_db(db, field_names, values, **options)
        if not settings.DEMO and user.__dict__.get("is_demo"):
            user.is_active = False
        return user

    @property
    def name(self) -> str:
        """The name in pages and histories.

        Without a name it is the e-mail. From 24 months after the account was closed, it is a pseudonym.
        """
        return self._name_until(NAME_KEPT_FOR) or (self.pseudonym if self.closed_at else self.email)

    @property
    def name_to_keep(self) -> str:
        """The name in texts that are kept for up to TEXTS_KEPT_FOR, such as messages; never the e-mail.

        It is the pseudonym already where that becomes due while they are kept: none needs to be changed then.
        """
        return self._name_until(NAME_KEPT_FOR - TEXTS_KEPT_FOR) or self.pseudonym

    def _name_until(self, time: timedelta) -> str:
        """First and last name; blank without them, and once the account has been closed for this time."""
        if self.closed_at and self.closed_at < timezone.now() - time:
            return ""
        return f"{self.first_name} {self.last_name}".strip()

    def get_full_name(self) -> str:
        return self.name

    get_short_name = get_full_name

    @property
    def pseudonym(self) -> str:
        text = _("Former user %(number)s") if self.closed_at else _("User %(number)s")
        return str(text % {"number": self.pk})

    @property
    def is_operator(self) -> bool:
        return self.is_staff and self.is_active

    @property
    def principal(self) -> str:
        return f"user:{self.pk}"

    @property
    def company_membership(self) -> "CompanyMembership | None":
        """The live membership. It is queried each time, because it may end at any moment."""
        return self.company_memberships.live().select_related("company").first()

    @property
    def company(self) -> "Company | None":
        membership = self.company_membership
        if membership:
            return membership.company
        return None

    def lock_membership(self, *, of: "Team", roles: tuple[str, ...] | None = None) -> Any:
        """Lock and return this person's live membership of the company or fleet `of`.

        The lock lasts until the transaction ends, so a removal waits for us, or we for it. Raises NotAllowed without a
        membership in one of `roles`, or if the person, the company, the fleet or its provider is suspended.
        """
        membership = _membership_locked(type(of), roles).first(of=of.pk, user=self.pk)
        if membership is None:
            raise NotAllowed
        membership.user = self
        setattr(membership, type(of).memberships.field.name, of)
        return membership

    @property
    def address_mails(self) -> MailAllowance:
        """The mails that ask for the confirmation of a new address of this person."""
        return address_changes_of(self.principal)

    @property
    def reset_mails(self) -> MailAllowance:
        return resets_of(self.principal)

    @property
    def mail_settings(self) -> dict[str, str]:
        """The language and time zone of mails to this person."""
        return {"language": self.language, "time_zone": self.time_zone}

    # --- leaving ------------------------------------------------------------------------------------------------------
    def leave(self) -> None:
        User.objects.leave([self])
        self.refresh_from_db()

    def end_sessions(self) -> None:
        User.objects.end_sessions([self])

    @transaction.atomic
    def reset_second_factor(self) -> None:
        """For a person who lost access to it. Their sessions end, and they are notified by mail."""
        from allauth.mfa.models import Authenticator

        Authenticator.objects.filter(user=self).delete()
        self.end_sessions()
        Mail.objects.enqueue(
            user=self, template="mails/security_notice", context={"what": "second_factor_reset"}
        )

    @transaction.atomic
    def suspend(self, *, by: "Actor" = None) -> None:
        """Suspend, and end every session. Reinstating does not bring a session back."""
        check_suspension(self, by=by)
        super().suspend(by=by)
        self.end_sessions()

    def _lock_with_installers(self) -> None:
        """In the lock order, a person comes after their memberships, as in a removal."""
        lock_in_order(self.installers)

    def _notify(self, what: str) -> None:
        if what == "reinstated":
            notify([self], what, path="/")
        else:
            notify([self], what)  # without a link, as nobody suspended can open a page

    @property
    def installers(self) -> "CompanyMembershipQuerySet":
        return self.company_memberships.live()


def person_of(by: "Actor") -> User | None:
    """The person who makes a move; None for an API client and for the system."""
    return by if isinstance(by, User) else None


@cache
def _membership_locked(team: "type[Team]", roles: tuple[str, ...] | None) -> Prepared:
    """The query of `User.lock_membership`. Prepared, it saves 0.5 ms: `./bin/bench list`, "create ÷ B1"."""

    def build() -> models.QuerySet:
        of = team.memberships.field
        person = Given("user", models.BigIntegerField())
        model: Any = of.model
        members = model.objects.live().working().filter(user=person)
        memberships = members.filter(**{of.name: Given("of", team._meta.pk)})
        if roles:
            memberships = memberships.filter(role__in=roles)
        return memberships.order_by("pk").select_for_update(of=("self",), no_key=True)[:1]

    return Prepared(build)
