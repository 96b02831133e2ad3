from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from core.errors import MoveRefused
from core.values.text_fields import LineField, LinesField

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.company import Company

# For this long after a new version is published, the signature of an earlier version is enough to take jobs.
GRACE = timedelta(days=14)


class Standing(NamedTuple):
    """What a company has signed: some version, without which it sees no job, and the newest one."""

    version: int | None
    is_signed: bool
    is_newest_signed: bool
    binding_from: datetime | None

    @property
    def may_take(self) -> bool:
        is_binding = self.binding_from is None or self.binding_from <= timezone.now()
        return self.is_newest_signed or (self.is_signed and not is_binding)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def published(self) -> Self:
        return self.filter(published_at__lte=timezone.now())

    def newest(self) -> "Agreement | None":
        return self.published().order_by("-version").first()

    def allows_taking(self, company: "Company") -> bool:
        """Whether `company` has signed the newest version, or an earlier one while the newest is not binding yet."""
        return self.standing_of(company).may_take

    def standing_of(self, company: "Company") -> "Standing":
        """Return whether `company` has signed the agreement, and which version. One statement."""
        signatures = AgreementSignature.objects.filter(company=company)
        of_this_version = signatures.filter(agreement=models.OuterRef("pk"))
        newest: Any = self.annotate(
            is_signed=Exists(of_this_version), is_any_signed=Exists(signatures)
        ).newest()
        if newest is None:
            return Standing(None, False, False, None)
        return Standing(newest.version, newest.is_any_signed, newest.is_signed, newest.binding_from)


class Agreement(models.Model):
    """One version of the non-disclosure agreement.

    A published version never changes. Each new version must be accepted again.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    text = LinesField(_("text"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-version"]

    def __str__(self) -> str:
        return str(_("Version %(version)s") % {"version": self.version})

    @transaction.atomic
    def publish(self, *, by: "Actor") -> None:
        """Require it from now on, and notify every company. Raises MoveRefused if it is published already."""
        drafts = Agreement.objects.filter(pk=self.pk, published_at=None)
        if not drafts.update(published_at=timezone.now()):
            raise MoveRefused("already_published")
        self.refresh_from_db()
        signals.agreement_published.send(
            sender=Agreement,
            agreement=self,
            by=by,
        )

    @property
    def binding_from(self) -> datetime:
        """Until then, the signature of an earlier version is enough to take jobs. Published versions only."""
        assert self.published_at
        return self.published_at + GRACE


class AgreementSignature(models.Model):
    """The acceptance of one version by an admin, for the company."""

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="signatures", verbose_name=_("company")
    )
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="signatures", verbose_name=_("agreement")
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    name = LineField(_("name"), max_length=201)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("agreement signature")
        verbose_name_plural = _("agreement signatures")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "agreement"], name="one_signature_a_company_and_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company} · {self.agreement}"
