"""Contradictions in a job, and values that the fleet already has. A warning refuses nothing.

One rule for every door: the form, the bulk actions, *Create Multiple Jobs*, templates and both imports.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from django.db.models import CharField, QuerySet, TextField
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.prepared import Given, Prepared
from core.sql import among, as_list, elements
from core.values.bidi import with_names
from core.values.names import identity
from jobs.importing import words
from jobs.models.choices import JobStatus, Kind
from jobs.models.columns import column
from jobs.models.job import Job
from telematics.models import Vehicle, VehicleModel

MASTER_DATA = ("brand", "model", "fuel_type", "vehicle_type")
CHANGED_BY_BULK = ("planned_service_date", "vehicle_model")
IN_WORK = "job_open"
IN_FLEET = "vehicle_in_fleet"
TEXTS: dict[tuple[str, str], Promise] = {
    ("vin", IN_WORK): _("An open job of this fleet already has this VIN."),
    ("vin", IN_FLEET): _("A vehicle of this fleet already has this VIN."),
    ("license_plate", IN_WORK): _("An open job of this fleet already has this licence plate."),
    ("license_plate", IN_FLEET): _("A vehicle of this fleet already has this licence plate."),
    ("vehicle", IN_WORK): _("Another open job is about this vehicle."),
    ("planned_service_date", "date_past"): _("This date is in the past."),
}
# The same in a form, where the other job or vehicle is named.
SENTENCES: dict[tuple[str, str], Promise] = {
    ("vin", IN_WORK): _("An open job (%(about)s) already has the VIN %(value)s."),
    ("vin", IN_FLEET): _("A vehicle of the fleet (%(about)s) already has the VIN %(value)s."),
    ("license_plate", IN_WORK): _(
        "An open job (%(about)s) already has the licence plate %(value)s."
    ),
    ("license_plate", IN_FLEET): _(
        "A vehicle of the fleet (%(about)s) already has the licence plate %(value)s."
    ),
    ("vehicle", IN_WORK): _("Another open job (%(about)s) is about this vehicle."),
}
# More separators in a plate than this are none of a plate.
MOST_SEPARATORS = 4
# A summary of many jobs names so many others.
NAMED = 3


class Warned(NamedTuple):
    field: str
    code: str
    text: str | Promise
    about: str = ""  # the job or vehicle that is meant, or the value that was expected
    value: Any = ""
    key: str = ""  # of the job or vehicle that is meant

    @property
    def sentence(self) -> str:
        """The text in a form, at its field."""
        named = SENTENCES.get((self.field, self.code))
        if named is None:
            return str(self.text)
        return with_names(named, about=self.about, value=self.value)

    @property
    def message(self) -> str:
        """The text in a message, away from its field."""
        return f"{label_of(self.field)}: {self.sentence}"


def label_of(name: str) -> str:
    return capfirst(str(column(Job(), name).verbose_name))


class OpenJob(NamedTuple):
    """An open job of the fleet that a warning names."""

    pk: str
    vehicle: str | None
    kind: str
    status: str
    vin: str
    license_plate: str
    custom_name: str

    def __str__(self) -> str:
        kind = Kind(self.kind).label
        status = JobStatus(self.status).label
        name = self.license_plate or self.custom_name or self.vin
        return ", ".join(filter(None, (name, str(kind), str(status))))


@dataclass(slots=True)
class Draft:
    """The values of a job that a warning reads, written or not."""

    vin: str = ""
    license_plate: str = ""
    planned_service_date: date | None = None
    vehicle: str | None = None
    vehicle_model: VehicleModel | None = None
    master_data: Mapping[str, Any] = field(default_factory=dict)
    job: str = ""

    @classmethod
    def of(cls, job: Job) -> "Draft":
        """Of a maintenance job only what was typed: its names are those of its vehicle."""
        about = cls(
            planned_service_date=job.planned_service_date, vehicle=job.vehicle_id, job=job.pk
        )
        if job.is_installation:
            about.vin = job.vin
            about.license_plate = job.license_plate
            about.vehicle_model = job.vehicle_model
            about.master_data = {name: getattr(job, name) for name in MASTER_DATA}
        return about

    def changed(self, values: Mapping[str, Any]) -> "Draft":
        """Return the draft as it will be with these values, which a bulk edit sets."""
        master_data = {name: values.get(name, was) for name, was in self.master_data.items()}
        others = {name: values[name] for name in CHANGED_BY_BULK if name in values}
        return replace(self, master_data=master_data, **others)


def warnings_of(fleet: Fleet, job: Job) -> list[Warned]:
    """Return the warnings of one job."""
    return warnings_of_all(fleet, [Draft.of(job)])[0]


def warnings_of_all(fleet: Fleet, drafts: Sequence[Draft]) -> list[list[Warned]]:
    """Return the warnings of each draft. At most five statements, however many drafts there are."""
    known = Known(fleet, drafts)
    found, today = [], fleet.today
    for draft in drafts:
        warned = known.warnings(draft)
        warned += contradictions(draft.vehicle_model, draft.master_data)
        warned += past_date(draft.planned_service_date, today)
        found.append(warned)
    return found


def contradictions(model: VehicleModel | None, values: Mapping[str, Any]) -> list[Warned]:
    """Warn of master data that differ from the vehicle model."""
    if model is None:
        return []
    found = []
    for name in MASTER_DATA:
        value = values.get(name)
        expected = getattr(model, name)
        if value and words.key(value) != words.key(expected):
            text = _("The vehicle model is %(model)s.") % {"model": model}
            found.append(Warned(name, "model_differs", text, expected, value))
    return found


def preset_differences(preset: Any, values: Mapping[str, Any]) -> list[Warned]:
    """Warn of features that are set to something else than in the chosen preset."""
    if preset is None:
        return []
    text = with_names(_("Differs from the preset “%(preset)s”."), preset=preset.name)
    found = []
    for name, value in preset.features().items():
        if value is not None and values.get(name) is not None and values[name] != value:
            found.append(Warned(name, "preset_differs", text, value=values[name]))
    return found


def past_date(planned: date | None, today: date) -> list[Warned]:
    if planned is None or planned >= today:
        return []
    return [_warned("planned_service_date", "date_past", value=planned)]


def repeated_plates(plates: Iterable[str]) -> set[str]:
    """Return the plates, by identity, that appear more than once."""
    counted: dict[str, int] = defaultdict(int)
    for plate in plates:
        counted[identity(plate)] += 1
    return {plate for plate, number in counted.items() if plate and number > 1}


class Known:
    """What the fleet already has of the VINs, plates and vehicles in some drafts."""

    def __init__(self, fleet: Fleet, drafts: Sequence[Draft]):
        self.fleet = fleet
        self.vins = self._by("vin", {draft.vin for draft in drafts})
        self.plates = self._by("license_plate", spellings(draft.license_plate for draft in drafts))
        vehicles = {draft.vehicle for draft in drafts if draft.vehicle}
        self.jobs_of_vehicle: dict[str | None, list[OpenJob]] = defaultdict(list)
        if vehicles:
            jobs = open_jobs(fleet).filter(vehicle__in=among(vehicles))
            for row in jobs.values_list(*OpenJob._fields):
                job = OpenJob(*row)
                self.jobs_of_vehicle[job.vehicle].append(job)

    def warnings(self, draft: Draft) -> list[Warned]:
        found = []
        if self.jobs_of_vehicle:
            others = [job for job in self.jobs_of_vehicle[draft.vehicle] if job.pk != draft.job]
            found += [_warned("vehicle", IN_WORK, about=job, key=job.pk) for job in others[:1]]
        if self.vins:
            found += self._taken("vin", self.vins[identity(draft.vin)], draft)
        if self.plates:
            found += self._taken("license_plate", self.plates[identity(draft.license_plate)], draft)
        return found

    def _taken(self, name: str, taken: "Taken", draft: Draft) -> list[Warned]:
        for job in taken.jobs:
            if job.pk != draft.job and (job.vehicle is None or job.vehicle != draft.vehicle):
                return [_warned(name, IN_WORK, about=job, value=getattr(draft, name), key=job.pk)]
        for vehicle_id, title in taken.vehicles:
            if vehicle_id != draft.vehicle:
                value = getattr(draft, name)
                return [_warned(name, IN_FLEET, about=title, value=value, key=vehicle_id)]
        return []

    def _by(self, name: str, texts: Iterable[str]) -> dict[str, "Taken"]:
        """The open jobs and the vehicles with one of these VINs or plates, by the identity of the text."""
        wanted = {text for text in texts if text}
        found: dict[str, Taken] = defaultdict(Taken)
        if not wanted:
            return found
        given = {"fleet": self.fleet.pk, "texts": as_list(wanted)}
        for row in OPEN_JOBS[name].all(**given):
            job = OpenJob(*row)
            found[identity(getattr(job, name))].jobs.append(job)
        for vehicle in VEHICLES[name].all(**given):
            about = (vehicle.pk, vehicle.full_name)
            found[identity(getattr(vehicle, name))].vehicles.append(about)
        return found


def open_jobs(fleet: Any) -> QuerySet:
    return Job.objects.in_fleet(fleet).open().order_by("pk")


def _open_jobs(name: str) -> QuerySet:
    jobs = open_jobs(GIVEN_FLEET).filter(**{f"{name}__in": elements(GIVEN_TEXTS)})
    return jobs.values_list(*OpenJob._fields)


def _vehicles(name: str) -> QuerySet:
    vehicles = Vehicle.objects.live().filter(fleet=GIVEN_FLEET)
    return vehicles.filter(**{f"{name}__in": elements(GIVEN_TEXTS)})


GIVEN_FLEET = Given("fleet", CharField())
GIVEN_TEXTS = Given("texts", TextField())
# Every preview of an import runs these four: `./bin/bench import`, the line "preview ÷ parse and validate".
OPEN_JOBS = {name: Prepared(partial(_open_jobs, name)) for name in ("vin", "license_plate")}
VEHICLES = {name: Prepared(partial(_vehicles, name)) for name in ("vin", "license_plate")}


@dataclass(slots=True)
class Taken:
    """Who has a VIN or plate: open jobs, and vehicles by ID and full name."""

    jobs: list[OpenJob] = field(default_factory=list)
    vehicles: list[tuple[str, str]] = field(default_factory=list)


def spellings(plates: Iterable[str]) -> set[str]:
    """Return each plate with every usual separator in the place of its own: `B-QX 2041`, `B QX 2041`, …"""
    found = set(plates)
    for plate in list(found):
        first, *others = identity(plate).split("-")
        if len(others) > MOST_SEPARATORS:
            continue
        spelled = [first]
        for part in others:
            spelled = [f"{one}{sign}{part}" for one in spelled for sign in " -"]
        found.update(spelled)
    return found


def counted(warned: Iterable[Iterable[Warned]]) -> list[tuple[str, str]]:
    """Return each kind of warning of many jobs: its text, and the number of jobs with what is meant."""
    kinds: dict[tuple[str, str], list[Warned]] = defaultdict(list)
    for warnings in warned:
        for one in warnings:
            kinds[one.field, str(one.text)].append(one)
    return [(f"{label_of(name)}: {text}", _number(kinds[name, text])) for name, text in kinds]


def _number(warnings: list[Warned]) -> str:
    """How many, and the first of the jobs or vehicles that are meant."""
    meant = list(dict.fromkeys(one.about for one in warnings if one.about))
    shown = " · ".join(meant[:NAMED])
    if len(meant) > NAMED:
        shown += " …"
    number = number_format(len(warnings), force_grouping=True)
    if shown:
        return f"{number} ({shown})"
    return number


def _warned(name: str, code: str, *, about: Any = "", value: Any = "", key: str = "") -> Warned:
    return Warned(name, code, TEXTS[name, code], str(about), value, key)
