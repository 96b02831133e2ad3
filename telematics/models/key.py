"""The right to use one vehicle from one moment to another. Its end is a column; dropping it at the unit follows.

The unit learns a key by `deliver` and forgets it by `drop`. Both are asked for by rows (`due_at`), so a lost task or a
dead worker delays them and loses nothing; both may run twice.
"""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from core.sql import update_returning
from core.tasks import nudge
from core.ulid import ULIDField

RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=5)
# A lease moves forward with every act of its holder; the unit is told again only when its own copy runs out this soon.
TELL_AHEAD = timedelta(hours=1)


class KeyQuerySet(models.QuerySet["Key"]):
    def live(self):
        """Not ended and not over, by the database's clock."""
        return self.filter(ended_at__isnull=True, ends_at__gt=Now())

    def of_holders(self):
        """A person's keys; without a holder a key is the system's own."""
        return self.filter(holder__isnull=False)

    def to_deliver(self):
        """Live keys that their unit does not know, or knows with an end that comes too soon."""
        soon = Q(told_until__lt=F("ends_at")) & Q(told_until__lt=Now() + TELL_AHEAD)
        return self.live().filter(Q(told_until__isnull=True) | soon, unit__isnull=False)

    def to_drop(self):
        """Ended, or run out, and still to be forgotten by the unit."""
        return self.filter(Q(ended_at__isnull=False) | Q(ends_at__lte=Now()), dropped_at__isnull=True)

    def lock(self, pk):
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    @transaction.atomic(savepoint=False)
    def end_all(self):
        """End what is open here, locked in the order of the keys; the ids of those that were."""
        open_ones = self.filter(ended_at__isnull=True).order_by("pk")
        locked = open_ones.select_for_update(of=("self",), no_key=True).values("pk")
        ending = {"ended_at": Now(), "due_at": Now() + RETRY, "attempts": 0}
        ids = [pk for (pk,) in update_returning(Key.objects.filter(pk__in=locked), "pk", **ending)]
        Key.nudge_drops(ids)
        return ids

    @transaction.atomic
    def move_to(self, unit):
        """Keys that were opened before their vehicle had a unit: this one has to learn them."""
        elsewhere = self.exclude(unit=unit).order_by("pk")
        ids = list(elsewhere.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        changes = {"unit": unit, "told_until": None, "due_at": Now() + RETRY, "attempts": 0}
        Key.objects.filter(pk__in=ids).update(**changes)
        Key.nudge_deliveries(ids)
        return ids


class Key(models.Model):
    id = ULIDField(primary_key=True)
    vehicle = models.ForeignKey(
        "telematics.Vehicle", verbose_name=_("vehicle"), on_delete=models.PROTECT, related_name="keys"
    )
    # Where the key is known or about to be; a key never changes a unit that has learnt it: unmounting ends it.
    unit = models.ForeignKey(
        "telematics.Unit",
        verbose_name=_("unit"),
        on_delete=models.PROTECT,
        related_name="keys",
        null=True,
        blank=True,
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("holder"),
        on_delete=models.PROTECT,
        related_name="keys",
        null=True,
        blank=True,
    )
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    ends_at = models.DateTimeField(_("ends"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    added_at = models.DateTimeField(_("added at the unit"), null=True, blank=True)
    told_until = models.DateTimeField(_("known to the unit until"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("dropped at the unit"), null=True, blank=True)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("tries without success"), default=0)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("due_at",), condition=Q(dropped_at__isnull=True), name="key_not_dropped"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("vehicle",),
                condition=Q(ended_at__isnull=True, holder__isnull=False),
                name="key_one_open_per_vehicle",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")),
                name="key_ends_after_it_opened",
            ),
        ]

    def __str__(self):
        return str(self.pk)

    @classmethod
    @transaction.atomic
    def open(cls, vehicle, holder, ends_at, *, at=None):
        """A new key; the caller holds the vehicle (or its job) locked. Holder None is the system's own.

        `at`: the QNR of the unit that is to know it, by default the one in the vehicle.
        """
        if holder is not None:
            cls.objects.of_holders().filter(vehicle=vehicle, ends_at__lte=Now()).end_all()
        key = cls(
            vehicle=vehicle,
            unit_id=at or vehicle.unit_id,
            holder=holder,
            ends_at=ends_at,
            due_at=timezone.now() + RETRY,
        )
        try:
            with transaction.atomic():
                key.save(force_insert=True)
        except IntegrityError as error:
            raise MoveRefused("vehicle_in_use", _("Somebody else has access to this vehicle.")) from error
        key.refresh_from_db(fields=("opened_at", "ends_at"))
        cls.nudge_deliveries([key.pk] if key.unit_id else [])
        return key

    def is_live(self):
        """Asked of the database each time, by its clock; call it after the lock it is to be true under."""
        return Key.objects.live().filter(pk=self.pk).exists()

    def extend(self, to):
        """Move the end forward while the key is live; False when it no longer is."""
        moved = Key.objects.live().filter(pk=self.pk, ends_at__lte=to).update(ends_at=to)
        if moved:
            self.refresh_from_db(fields=("ends_at",))
        return bool(moved) or self.is_live()

    def end(self):
        """End it now, once; True for the call that did."""
        ended = bool(Key.objects.filter(pk=self.pk).end_all())
        self.refresh_from_db(fields=("ended_at",))
        return ended

    def deliver(self):
        """Let the unit learn the key. Raises GatewayError; the sweep comes again."""
        if not Key.objects.to_deliver().filter(pk=self.pk).exists():
            return
        self.refresh_from_db(fields=("unit", "ends_at"))
        self._at_the_unit("add_key", self.pk, self.ends_at)
        known = Key.objects.filter(pk=self.pk, unit=self.unit_id)
        known.update(told_until=self.ends_at, attempts=0)
        known.filter(added_at__isnull=True).update(added_at=Now())

    def drop(self):
        """Let the unit forget it. An id once dropped is never learnt again, so a late delivery does no harm."""
        if not Key.objects.to_drop().filter(pk=self.pk).exists():
            return
        self.refresh_from_db(fields=("unit",))
        if self.unit_id:
            self._at_the_unit("drop_key", self.pk)
        Key.objects.filter(pk=self.pk, dropped_at__isnull=True).update(dropped_at=Now())

    def _at_the_unit(self, call, *arguments):
        from telematics.gateway import GatewayError, get_gateway

        try:
            getattr(get_gateway(), call)(self.unit_id, *arguments)
        except GatewayError:
            wait = min(RETRY * 2**self.attempts, LONGEST_RETRY)
            Key.objects.filter(pk=self.pk).update(due_at=Now() + wait, attempts=F("attempts") + 1)
            raise

    @staticmethod
    def nudge_deliveries(ids):
        from telematics.tasks import deliver_key

        for pk in ids:
            nudge(deliver_key, pk)

    @staticmethod
    def nudge_drops(ids):
        from telematics.tasks import drop_key

        for pk in ids:
            nudge(drop_key, pk)
