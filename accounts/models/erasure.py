"""The erasure of a person: at once where the tables name them, then by a task wherever a text does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.address import lock_addresses
from accounts.models.agreement import AgreementSignature
from accounts.models.company import Company
from accounts.models.invitation import Invitation
from accounts.models.membership import CompanyMembership, FleetMembership
from accounts.models.operators import is_last, keep_another, last_of
from accounts.models.partnership import Partnership
from accounts.models.user import User
from core import erasing
from core.erasing import Words
from core.errors import MoveRefused
from core.models import AnsweredRequest, Mail
from core.tasks import nudge
from core.ulid import ULIDField
from core.values.encrypted import Unreadable, opened, resealed, seal

if TYPE_CHECKING:
    from accounts.models.authority import Actor

# The texts are searched a second time: a mail or a message may have been written meanwhile.
AGAIN = timedelta(minutes=15)
PASSES = 2
# Rows that would go with the account, and stay: what operators did, and the clients of fleets.
STAYING = {"admin.LogEntry", "allauth_idp_oidc.Client"}
# What a person has chosen for themselves.
CHOICES = ("language", "time_zone", "theme")
erasing.KEPT["accounts.Company"] = models.Q(closed_at=None)


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def due(self) -> "ErasureQuerySet":
        return self.filter(finished_at=None, due_at__lte=Now())

    def reseal(self) -> tuple[int, list[str]]:
        """Seal what is still searched for with the first key.

        Return of how many erasures, and the ids of those whose words no key opens.
        """
        unfinished = self.filter(finished_at=None)
        unreadable = []
        for pk, words in unfinished.values_list("pk", "words"):
            try:
                unfinished.filter(pk=pk, words=words).update(words=resealed(words))
            except Unreadable:
                unreadable.append(pk)
        return unfinished.count() - len(unreadable), unreadable


class Erasure(models.Model):
    """An erased person. The row is the queue of the texts that still name them."""

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("erased by"),
    )
    # What is searched for, sealed; blank once it is erased.
    words = models.TextField(blank=True, editable=False)
    passes = models.PositiveSmallIntegerField(_("searches"), default=0)
    asked_at = models.DateTimeField(_("erased"), default=timezone.now)
    due_at = models.DateTimeField(_("next search"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure of a person")
        verbose_name_plural = _("erasures of people")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(finished_at=None), name="erasure_due"
            ),
        ]

    def __str__(self) -> str:
        return self.user.pseudonym

    def search(self) -> None:
        """Erase the person from all texts and files. It may run twice and may end anywhere."""
        if self.finished_at:
            return
        erasing.erase(Words.from_json(opened(self.words)))
        self.passes += 1
        self.due_at = timezone.now() + AGAIN
        if self.passes >= PASSES:
            self.words = ""
            self.finished_at = timezone.now()
        self.save(update_fields=["passes", "due_at", "words", "finished_at"])


def obstacles(user: User) -> Iterator[MoveRefused]:
    """Why a person cannot be erased now: each is for them to change first."""
    if Erasure.objects.filter(user=user).exists():
        yield MoveRefused("already_erased")
    if is_last(user):
        yield MoveRefused(last_of(user))
    for membership in _memberships(user):
        team = _team_of(membership)
        others = team.memberships.live().admins().exclude(pk=membership.pk)
        if membership.is_admin and not others.exists():
            # The members of a suspended team read nothing of it, not even its name.
            name = team.known_as if _is_working(membership) else ""
            yield MoveRefused("last_admin", team=name)
    for company in Company.objects.live().filter(email__in=_addresses_of(user)):
        name = "" if company.suspended_at else company.name
        yield MoveRefused("company_address", team=name)


@transaction.atomic
def erase(user: User, *, by: "Actor") -> None:
    """Close the account and take the person out of the product. The history keeps a pseudonym.

    Their memberships end as in a removal, so their running jobs return to the company. `by` is the person, an operator,
    or None for the system. Raises MoveRefused for the last admin of a team and for the last one in charge.
    """
    addresses = _addresses_of(user)
    lock_addresses(*addresses)
    keep_another(user)
    for refused in obstacles(user):
        raise refused
    words = _words_of(user, addresses)
    _end_memberships(user, by)
    _end_invitations(addresses)
    _forget(user, addresses)
    signals.person_erased.send(sender=User, user=user)
    person: Any = by
    erasure = Erasure.objects.create(user=user, by=person, words=seal(words.as_json()))
    nudge("accounts.tasks.search_erased", erasure.pk)
    user.refresh_from_db()


def former_name(user: User) -> str:
    """The pseudonym that an account has once it is closed."""
    return gettext("Former user %(number)s") % {"number": user.pk}


def _words_of(user: User, addresses: list[str]) -> Words:
    with translation.override(settings.LANGUAGE_CODE):
        pseudonym = former_name(user)
    return Words(user.first_name, user.last_name, pseudonym, _no_address_of(user), addresses)


def _no_address_of(user: User) -> str:
    return f"closed-{user.pk}@closed.invalid"


def _addresses_of(user: User) -> list[str]:
    """Also those of invitations that the person has used. An address may have a new account since."""
    own = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    invited = Invitation.objects.filter(used_by=user).values_list("email", flat=True)
    known = {user.email, *own, *invited} - {_no_address_of(user)}
    others = EmailAddress.objects.filter(email__in=known).exclude(user=user)
    return sorted(known - set(others.values_list("email", flat=True)))


def _memberships(user: User) -> list[Any]:
    companies = CompanyMembership.objects.live().select_related("company")
    fleets = FleetMembership.objects.live().select_related("fleet__provider")
    return [
        *companies.filter(user=user).order_by("pk"),
        *fleets.filter(user=user).order_by("pk"),
    ]


def _is_working(membership: Any) -> bool:
    return type(membership).objects.live().working().filter(pk=membership.pk).exists()


def _team_of(membership: Any) -> Any:
    return getattr(membership, "company", None) or membership.fleet


def _end_memberships(user: User, by: "Actor") -> None:
    """Rights of an operator first, as an operator's account is never closed."""
    User.objects.filter(pk=user.pk).update(is_staff=False, is_superuser=False)
    for membership in _memberships(user):
        working = type(membership).objects.live().working().filter(pk=membership.pk)
        # A person leaves a suspended team, too, which lets its people do nothing.
        is_allowed = by != user or working.exists()
        _team_of(membership).remove_member(membership, by=by if is_allowed else None)
    User.objects.leave(User.objects.filter(pk=user.pk, closed_at=None))


def _end_invitations(addresses: list[str]) -> None:
    unanswered = Partnership.objects.live().filter(company=None, email__in=addresses)
    for partnership in unanswered.order_by("pk"):
        partnership.end(by=None)
    to_them = Invitation.objects.filter(email__in=addresses)
    to_them.withdraw()
    to_them.update(first_name="", last_name="")


def _forget(user: User, addresses: list[str]) -> None:
    for relation in own_relations():
        own = relation.related_model._base_manager
        own.filter(**{relation.field.name: user.pk}).delete()
    Mail.objects.filter(to__in=addresses).delete()
    AnsweredRequest.objects.filter(principal=user.principal).delete()
    AgreementSignature.objects.filter(signed_by=user).update(address=None)
    Company.objects.filter(new_email__in=addresses).update(new_email="")
    user.groups.clear()
    user.user_permissions.clear()
    meta: Any = User._meta
    defaults = {name: meta.get_field(name).get_default() for name in CHOICES}
    User.objects.filter(pk=user.pk).update(first_name="", last_name="", last_login=None, **defaults)


def own_relations() -> Iterator[Any]:
    """The relations whose rows go with an account, of every table that has such rows."""
    for relation in User._meta.related_objects:
        is_own = relation.on_delete is models.CASCADE
        if is_own and relation.related_model._meta.label not in STAYING:
            yield relation
