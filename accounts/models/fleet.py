from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models import fleet_settings
from accounts.models.fleet_settings import PREFIX_TAKEN, SEPARATORS, CsvSeparator
from accounts.models.invitation import Invitation
from accounts.models.job_prefix import LONGEST, JobPrefixField, derive, has_or_had
from accounts.models.membership import MANAGING, FleetMembership
from accounts.models.partnership import installers_for
from accounts.models.provider import MobilityProvider
from accounts.models.suspension import suspended
from accounts.models.team import Team
from accounts.time_zones import validate_time_zone
from core.errors import MoveRefused
from core.ids import ShortIdField, ShortIdModel
from core.models import Mail
from core.values.text_fields import LineField, WordField

if TYPE_CHECKING:
    from accounts.models.authority import Actor, Principal
    from accounts.models.membership import CompanyMembershipQuerySet
    from accounts.models.team import Membership
    from accounts.models.user import User

Role = FleetMembership.Role


class FleetQuerySet(models.QuerySet["Fleet"]):
    def working(self) -> Self:
        return self.filter(suspended_at=None, provider__suspended_at=None)

    def visible_to(self, principal: "Principal | Any") -> Self:
        """The fleets of a person's memberships, or the one fleet of an API client."""
        return self._of(principal, Role.values)

    def writable_by(self, principal: "Principal | Any") -> Self:
        return self._of(principal, MANAGING)

    def with_job_prefix(self, prefix: str) -> Self:
        """Those whose job numbers have, or once had, this prefix."""
        return self.filter(has_or_had(prefix))

    def without_job_prefix(self) -> Self:
        """Fleets from before there were job numbers."""
        return self.filter(job_prefix="")

    def _of(self, principal: Any, roles: Sequence[str]) -> Self:
        if not principal.is_person:
            return self.working().filter(pk=principal.fleet_id)
        memberships = FleetMembership.objects.filter(user=principal.pk, role__in=roles)
        return self.working().filter(pk__in=memberships.values("fleet"))


class Fleet(Team, ShortIdModel):
    """One fleet of a mobility provider: the tenant of FleetControl."""

    INVITATION = Invitation.Kind.FLEET

    fleet_id = ShortIdField(verbose_name=_("fleet ID"))
    provider = models.ForeignKey(
        "accounts.MobilityProvider",
        models.PROTECT,
        related_name="fleets",
        verbose_name=_("mobility provider"),
    )
    name = LineField(_("name"), max_length=100)
    time_zone = LineField(
        _("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_time_zone]
    )
    # Blank: those of the person who writes.
    language = models.CharField(
        _("language"),
        max_length=8,
        choices=settings.LANGUAGES,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Of mails to people without an account, and of messages to chats. Automatic: the"
            " language of the person who invites or set it up."
        ),
    )
    csv_separator = WordField(
        _("CSV separator"),
        max_length=9,
        choices=CsvSeparator,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Of exported files. Automatic: what spreadsheets in the reader's language expect."
            " An import reads each of them."
        ),
    )
    # Blank until the sweep has named a fleet from before: its jobs show no number until then.
    job_prefix = JobPrefixField(
        _("prefix of job numbers"), max_length=LONGEST, blank=True, default="", db_default=""
    )
    # ` HAM HH `: an old spelling of a number still leads to its job.
    former_job_prefixes = models.TextField(blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # Of its event consumers: known wherever the fleet is, so that a fleet without consumers costs no statement.
    message_topics = models.JSONField(
        default=list, db_default=Value([], models.JSONField()), editable=False
    )

    objects = FleetQuerySet.as_manager()

    class Meta:
        verbose_name = _("fleet")
        verbose_name_plural = _("fleets")
        ordering = ["name"]
        permissions = [("suspend_fleet", "Can suspend and reinstate fleets")]
        indexes = [suspended("fleet_suspended")]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "job_prefix"],
                condition=~models.Q(job_prefix=""),
                name="fleet_job_prefix_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> date:
        """The day in the fleet's zone: a job that is planned before it is overdue."""
        return timezone.localdate(timezone=self.zone)

    def save(self, **kwargs: Any) -> None:
        if self.pk or self.job_prefix:
            super().save(**kwargs)
            return
        with transaction.atomic():
            self._derive_job_prefix()
            super().save(**kwargs)

    @property
    def known_as(self) -> str:
        return f"{self.provider.name} {self.name}"

    @property
    def users_path(self) -> str:
        return f"/fleetcontrol/{self.pk}/settings/users/"

    @property
    def installers(self) -> "CompanyMembershipQuerySet":
        return installers_for(fleet=self)

    def _end_client_tokens(self) -> None:
        self.api_clients.all().end_tokens()

    @property
    def is_working(self) -> bool:
        return not self.suspended_at and not self.provider.suspended_at

    # --- settings -------------------------------------------------------------------------------------------------
    def clean(self) -> None:
        """Check what several fleets share. Raises ValidationError."""
        super().clean()
        if self.provider_id and self.job_prefix in self._taken_prefixes():
            raise ValidationError({"job_prefix": PREFIX_TAKEN})

    def change_settings(self, *, by: "Actor", seen: int | None = None, **changed: Any) -> None:
        """Change what `fleet_settings.SETTINGS` names.

        `seen` is the `settings_version` that the caller has read. Raises NotAllowed, MoveRefused `stale`, or
        ValidationError with every error at its field.
        """
        fleet_settings.change(self, by=by, seen=seen, changed=changed)

    @property
    def settings_version(self) -> int:
        """It rises with every change of the settings."""
        return self.events.order_by("-seq").values_list("seq", flat=True).first() or 0

    @property
    def mail_settings(self) -> dict[str, str]:
        """The language and time zone of mails to people without their own; what is not chosen is left out."""
        chosen = {"language": self.language, "time_zone": self.time_zone}
        return {name: value for name, value in chosen.items() if value}

    @property
    def separator(self) -> str:
        """The sign between the cells of its exports; "" leaves it to the reader's language."""
        return SEPARATORS.get(self.csv_separator, "")

    # --- job numbers ----------------------------------------------------------------------------------------------
    @transaction.atomic
    def name_job_prefix(self) -> None:
        """Give a fleet from before its prefix. Does nothing the second time."""
        self._derive_job_prefix()
        nameless = Fleet.objects.without_job_prefix().filter(pk=self.pk)
        nameless.update(job_prefix=self.job_prefix)

    def _derive_job_prefix(self) -> None:
        self.lock_provider()
        self.job_prefix = derive(self.name, self._taken_prefixes())

    def lock_provider(self) -> None:
        """Lock the provider, before the fleet, so that two fleets at once do not get the same prefix."""
        providers = MobilityProvider.objects.filter(pk=self.provider_id)
        list(providers.select_for_update(no_key=True).values_list("pk"))

    def _taken_prefixes(self) -> set[str]:
        """What the other fleets of the provider have, or had before."""
        others = Fleet.objects.filter(provider=self.provider_id).exclude(pk=self.pk)
        rows = others.only("job_prefix", "former_job_prefixes")
        return {taken for fleet in rows for taken in fleet.prefixes}

    @property
    def prefixes(self) -> list[str]:
        """The prefix of its job numbers, and those that it had before, which stay its own."""
        return [*self.job_prefix.split(), *self.former_job_prefixes.split()]

    def keep_topics(self) -> None:
        """Keep which topics its consumers have asked for. Call it under the fleet's lock."""
        self.message_topics = self.event_consumers.live().topics()
        self.save(update_fields=["message_topics"])

    @transaction.atomic
    def admit(self, user: "User", role: str) -> FleetMembership:
        """Make `user` a member. An existing member keeps their role. Raises MoveRefused for a suspended fleet."""
        self.check_role(role)
        self.lock()
        if not self.is_working:
            raise MoveRefused("fleet_suspended")
        membership, is_new = self.memberships.get_or_create(user=user, defaults={"role": role})
        if is_new:
            signals.person_joined.send(sender=Fleet, team=self, user=user)
        return membership

    @transaction.atomic
    def remove_member(self, membership: "Membership", *, by: "Actor") -> None:
        """End a membership, as Team describes it."""
        self.lock()
        self._lock_both(membership, by)
        self._authorise_removal(membership, by)
        self._hold(membership)
        self._keep_an_admin(membership)
        user = membership.user
        membership.delete()
        if by != user:
            Mail.objects.enqueue(
                user=user, template="mails/member_removed", context={"team": self.known_as}
            )
        user.leave()
