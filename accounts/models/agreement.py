from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from core.moves import MoveRefused

# So long after a new version is published its predecessor's signature still lets people take jobs.
GRACE = timedelta(days=14)


class AgreementQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__lte=timezone.now())

    def newest(self):
        return self.published().order_by("-version").first()

    def allows_taking(self, company) -> bool:
        """Has `company` signed the newest version, or some version while the newest is younger than 14 days?"""
        newest = self.newest()
        if newest is None:
            return False
        signed = set(company.signatures.values_list("agreement_id", flat=True))
        return newest.pk in signed or (bool(signed) and newest.binding_from > timezone.now())


class Agreement(models.Model):
    """One version of the non-disclosure agreement. Published ones never change; a new version asks again."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    text = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("agreement"), _("agreements")
        ordering = ["-version"]

    def __str__(self) -> str:
        return str(_("Version %(version)s") % {"version": self.version})

    @transaction.atomic
    def publish(self, *, by) -> None:
        """From now on it is asked for. Every company is told."""
        if not Agreement.objects.filter(pk=self.pk, published_at=None).update(published_at=timezone.now()):
            raise MoveRefused("already_published", _("This version is published already."))
        self.refresh_from_db()
        signals.agreement_published.send(sender=Agreement, agreement=self, by=by)

    @property
    def binding_from(self):
        """Until then an earlier signature still lets people take jobs."""
        return self.published_at + GRACE


class AgreementSignature(models.Model):
    """An admin accepted a version for the company."""

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="signatures", verbose_name=_("company")
    )
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures", verbose_name=_("agreement"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    name = models.CharField(_("name"), max_length=201)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("agreement signature"), _("agreement signatures")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["company", "agreement"], name="one_signature_a_company_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.company} · {self.agreement}"
