"""A simulated unit: its state is a row, so that every worker sees the same unit, and its log is the judge of tests."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ulid import ULIDField
from telematics.gateway import Reading
from telematics.models.unit import Unit
from telematics.models.vehicle_model import VehicleModel
from telematics.simulator import clock, physics, wiring

KEEP_DROPPED = timedelta(days=2)


class Persistence(models.TextChoices):
    MENDABLE = "MENDABLE", _("Mended when the test is repeated")
    PERSISTENT = "PERSISTENT", _("Stays")


class SimulatedUnitQuerySet(models.QuerySet["SimulatedUnit"]):
    def locked(self, qnr):
        """The row of a unit, locked and brought up to now; made on first contact. None for an unknown QNR."""
        mine = self.select_for_update(of=("self",)).filter(pk=qnr)
        unit = mine.first()
        if unit is None and Unit.objects.filter(pk=qnr).exists():
            self.bulk_create([self.model(unit_id=qnr)], ignore_conflicts=True)
            unit = mine.first()
        if unit is not None:
            unit.wake(timezone.now())
        return unit

    def in_vehicles(self):
        return self.filter(unit__vehicle__isnull=False)

    def silent_since(self, moment):
        """Mounted ones whose last message is older: their heartbeat is due."""
        return self.in_vehicles().filter(models.Q(sent_at__isnull=True) | models.Q(sent_at__lt=moment))


class SimulatedUnit(models.Model):
    unit = models.OneToOneField(
        "telematics.Unit",
        verbose_name=_("unit"),
        on_delete=models.CASCADE,
        related_name="simulated",
        primary_key=True,
    )
    seed = models.PositiveIntegerField(_("seed"), default=1)
    fault = models.CharField(_("fault"), max_length=24, choices=wiring.Fault, blank=True)
    persistence = models.CharField(_("persistence"), max_length=12, choices=Persistence, default=Persistence.MENDABLE)
    healed_at = models.DateTimeField(_("mended"), null=True, blank=True, editable=False)
    contacts = models.PositiveBigIntegerField(_("contacts"), default=0, editable=False)
    car = models.JSONField(_("car"), default=dict, editable=False)
    setup = models.JSONField(_("setup"), default=dict, editable=False)
    keys = models.JSONField(_("keys"), default=dict, editable=False)
    dropped = models.JSONField(_("dropped keys"), default=dict, editable=False)
    signals = models.JSONField(_("signals"), default=dict, editable=False)
    changes = models.JSONField(_("changes"), default=list, editable=False)
    sent_at = models.DateTimeField(_("last message"), null=True, blank=True, editable=False)

    objects = SimulatedUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("simulated unit")
        verbose_name_plural = _("simulated units")
        ordering = ("pk",)

    def __str__(self):
        return self.pk

    # --- what is wrong with it ---------------------------------------------------------------------------------------
    @property
    def active_fault(self):
        return self.fault if self.healed_at is None else ""

    @property
    def effect(self):
        """Of the active fault on calls and commands; None where there is none."""
        return wiring.EFFECTS[self.active_fault] if self.active_fault else None

    def afflict(self, fault, persistence=Persistence.MENDABLE):
        """Another fault, or none, from now on. Writes nothing of the car, which moves on meanwhile."""
        self.fault, self.persistence, self.healed_at = fault, persistence, None
        self.save(update_fields=("seed", "fault", "persistence", "healed_at"))

    def mend(self, kind=None):
        """What can be mended is, when the test it showed in is repeated; without a kind, whatever it showed in."""
        effect = self.effect
        if effect and self.persistence == Persistence.MENDABLE and (kind is None or kind in effect.shows_in):
            self.healed_at = timezone.now()

    # --- what goes on at the car -------------------------------------------------------------------------------------
    def wake(self, now):
        """Bring the car up to now: what its plan says has happened, each at its own time."""
        if not self.car:
            self.car = physics.new_car(self.dice("car"))
        for at, changes in physics.due(self.car, now):
            self.set(at, **changes)
        self.report(now)

    def install(self, setup, at):
        """Take over a setup. The model's capabilities come with the firmware, so the caller sends its id alone."""
        known = VehicleModel.objects.filter(pk=setup.get("vehicle_model")).first()
        self.setup = {**setup, "capabilities": known.capabilities if known else []}
        self.set(at, configured_at=at.isoformat())

    def set(self, at, **changes):
        self.car.update(changes)
        self.report(at)

    def report(self, at):
        """Take over into the signals what is different now, with the time of the change."""
        heard = wiring.heard(physics.values(self.car, at), self.setup, self.active_fault)
        for name, value in heard.items():
            if name == "position":
                self.signals[name] = {"value": value, "timestamp": value["time"]}
            elif name not in self.signals or self.signals[name]["value"] != value:
                self.signals[name] = {"value": value, "timestamp": at.isoformat()}
                self.changes.append({"signal": name, "value": value, "timestamp": at.isoformat()})
        for name in set(self.signals) - set(heard):
            del self.signals[name]
        self.changes = self.changes[-physics.KEPT_CHANGES :]

    def reading(self, now):
        return Reading(self.signals, self.heartbeat_at(now), tuple(self.changes))

    def heartbeat_at(self, now):
        """None while nothing of it gets through."""
        if self.active_fault == wiring.Fault.NO_COVERAGE:
            return None
        return physics.heartbeat_at(self.car, now)

    # --- keys --------------------------------------------------------------------------------------------------------
    def knows_key(self, key_id, now):
        """Added, not dropped and not past its end."""
        ends_at = self.keys.get(key_id)
        return bool(ends_at) and now < datetime.fromisoformat(ends_at)

    def learn_key(self, key_id, ends_at):
        if key_id not in self.dropped:
            self.keys[key_id] = ends_at.isoformat()

    def forget_key(self, key_id, now):
        """For ever, so that a delivery which comes late changes nothing; as long as one could come."""
        forgotten = (now - KEEP_DROPPED).isoformat()
        self.keys.pop(key_id, None)
        self.dropped = {key: at for key, at in self.dropped.items() if at > forgotten} | {key_id: now.isoformat()}

    # --- chance ------------------------------------------------------------------------------------------------------
    def dice(self, *words):
        return clock.dice(self.pk, self.seed, *words)

    def next_contact(self):
        """One more call to the unit; the dice of this one."""
        self.contacts += 1
        return self.dice("contact", self.contacts)

    def record(self, act, *, key_id=None, at=None):
        SimulatorLog.objects.create(unit_id=self.pk, act=act, key_id=key_id, at=at or timezone.now())


class SimulatorLog(models.Model):
    """One act that the unit carried out: appended under the unit's lock, looked at by nobody but tests and operators."""

    id = ULIDField(primary_key=True)
    unit = models.ForeignKey(
        "telematics.Unit", verbose_name=_("unit"), on_delete=models.CASCADE, related_name="simulator_log"
    )
    act = models.CharField(_("act"), max_length=40)
    key_id = ULIDField(_("key"), null=True, blank=True)
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("line of a unit's own log")
        verbose_name_plural = _("units' own logs")
        ordering = ("-id",)
        indexes = [models.Index(fields=("unit", "-id"), name="simulator_log_of_unit")]

    def __str__(self):
        return f"{self.act} {self.unit_id}"
