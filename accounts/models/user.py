from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.telling import tell
from accounts.time_zones import validate_time_zone
from core.moves import NotAllowed
from core.prepared import Given, Prepared

# What is a person's alone and goes with the account.
OWN = ("TablePreference", "SavedView")
NAME_KEPT_FOR = timedelta(days=730)


class UserManager(BaseUserManager.from_queryset(models.QuerySet)):
    def create_user(self, email, password=None, **fields):
        """An account whose address counts as verified: an invitation proved it, or an operator vouches for it."""
        return self.enter(self.prepare(email, password, **fields))

    def prepare(self, email, password, **fields):
        """The same, not stored yet. Hashing the password takes its time, which no transaction should last."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        return user

    @transaction.atomic
    def enter(self, user):
        user.save(using=self._db)
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True} | fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())

    @transaction.atomic
    def leave(self, users) -> None:
        """After memberships have ended: every session and app token ends, and accounts go that nothing else needs.

        A tombstone stays: the name for the history, nothing to sign in with, the address free for a new account.
        """
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator

        self._end_sessions(users)
        left = self.filter(pk__in=[user.pk for user in users], is_staff=False, fleet_memberships=None)
        working = left.filter(company_memberships__ended_at=None, company_memberships__isnull=False)
        gone = list(left.exclude(pk__in=working.values("pk")).values_list("pk", flat=True))
        address = Concat(Value("closed-"), Cast("pk", models.CharField()), Value("@closed.invalid"))
        self.filter(pk__in=gone).update(closed_at=timezone.now(), email=address, password=make_password(None))
        for rows in (EmailAddress, Authenticator, *(self.model._meta.apps.get_model("accounts", of) for of in OWN)):
            rows.objects.filter(user__in=gone).delete()

    def _end_sessions(self, users) -> None:
        from allauth.usersessions.models import UserSession

        for session in UserSession.objects.filter(user__in=users):
            session.end()


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail; what he may do says his memberships."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("Somebody has this e-mail already.")}
    )
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_time_zone]
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.AUTO)
    is_staff = models.BooleanField(_("operator"), default=False, help_text=_("May sign in to the admin site."))
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    is_active = models.GeneratedField(
        expression=Q(suspended_at__isnull=True, closed_at__isnull=True),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    is_person = True  # the other principals are API clients

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name, verbose_name_plural = _("user"), _("users")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_ignoring_case",
                violation_error_message=_("Somebody has this e-mail already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """What history calls this person: the name, for 24 months after the account was closed, then a pseudonym."""
        if self.closed_at and self.closed_at < timezone.now() - NAME_KEPT_FOR:
            return self.pseudonym
        return f"{self.first_name} {self.last_name}".strip() or (self.pseudonym if self.closed_at else self.email)

    get_full_name = get_short_name = lambda self: self.name

    @property
    def pseudonym(self) -> str:
        return str(_("Former user %(number)s") % {"number": self.pk})

    @property
    def is_operator(self) -> bool:
        return self.is_staff and self.is_active

    @property
    def principal(self) -> str:
        return f"user:{self.pk}"

    @property
    def company_membership(self):
        """The live membership or None. A query each time, because it may end at any moment."""
        return self.company_memberships.live().select_related("company").first()

    @property
    def company(self):
        membership = self.company_membership
        return membership.company if membership else None

    def lock_membership(self, *, of, roles=None):
        """This person's live membership of the company or fleet `of`, locked until the transaction ends.

        Whoever removes the person waits for us, or we for him. Raises NotAllowed without one, in another role, or
        where the person, the company, the fleet or its provider is suspended.
        """
        membership = _membership_locked(type(of), roles).first(of=of.pk, user=self.pk)
        if membership is None:
            raise NotAllowed
        membership.user = self
        setattr(membership, type(of).memberships.field.name, of)
        return membership

    @property
    def manners(self) -> dict[str, str]:
        """How to write to this person."""
        return {"language": self.language, "time_zone": self.time_zone}

    # --- going --------------------------------------------------------------------------------------------------------
    @property
    def is_needed_elsewhere(self) -> bool:
        return self.is_staff or self.fleet_memberships.exists()

    def leave(self) -> None:
        User.objects.leave([self])
        self.refresh_from_db()

    def end_sessions(self) -> None:
        User.objects._end_sessions([self])

    @transaction.atomic
    def suspend(self) -> None:
        """Shut out at once: each request looks at it."""
        if User.objects.filter(pk=self.pk, suspended_at=None).update(suspended_at=timezone.now()):
            tell([self], "suspended")
        self.end_sessions()

    @transaction.atomic
    def reinstate(self) -> None:
        if User.objects.filter(pk=self.pk, suspended_at__isnull=False).update(suspended_at=None):
            tell([self], "reinstated", path="/")


@cache
def _membership_locked(team: type, roles: tuple | None) -> Prepared:
    """A person's membership of such a team, and in which roles, as `User.lock_membership` asks for it before every move."""

    def ask():
        of = team.memberships.field
        memberships = of.model.objects.live().working()
        memberships = memberships.filter(
            user=Given("user", models.BigIntegerField()), **{of.name: Given("of", team._meta.pk)}
        )
        if roles:
            memberships = memberships.filter(role__in=roles)
        return memberships.order_by("pk").select_for_update(of=("self",), no_key=True)[:1]

    return Prepared(ask)
