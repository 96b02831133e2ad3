"""States as units send them: many at once cost as many statements as one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from core.many_rows import upsert_rows
from core.outbox.message import Entry
from core.sql import among
from telematics import messages
from telematics.models.unit import Unit
from telematics.models.vehicle import is_located
from telematics.models.vehicle_model import VehicleModel
from telematics.models.vehicle_state import (
    UNKNOWN_DEVICE,
    Device,
    Signals,
    VehicleState,
    public_names,
    public_signals,
    traced,
)


class Report(NamedTuple):
    """A message of the unit with this QNR, of the time `at`."""

    unit: str
    signals: Signals
    at: datetime
    device: Device = UNKNOWN_DEVICE


class Sender(NamedTuple):
    """A mounted unit, and what its messages are judged by. The names of the columns of a unit."""

    qnr: str
    model: str
    firmware: str
    tracking: bool | None
    vehicle: str
    vehicle__tracking: bool | None
    vehicle__vehicle_model: str | None
    vehicle__fleet: str
    vehicle__fleet__message_topics: list[str]

    @property
    def is_located(self) -> bool:
        return is_located(self.vehicle__tracking, self.tracking)

    @property
    def is_wanted(self) -> bool:
        return messages.STATE_RECEIVED in self.vehicle__fleet__message_topics


def receive_all(reports: Sequence[Report]) -> None:
    """Keep messages, the earliest first. Of units in stock none is kept, and a late one replaces no state."""
    senders = _senders(report.unit for report in reports)
    heard = [
        (senders[report.unit], report._replace(signals=_traced(senders[report.unit], report)))
        for report in reports
        if report.unit in senders
    ]
    if not heard:
        return
    for sender, report in heard:
        _keep_device(sender, report.device)
    wanted = [one for one in heard if one[0].is_wanted]
    with transaction.atomic() if wanted else nullcontext():
        _keep(heard)
        _write_messages(wanted)


def _traced(sender: Sender, report: Report) -> Signals:
    return traced(report.signals, located=sender.is_located)


def _senders(qnrs: Iterable[str]) -> dict[str, Sender]:
    mounted = Unit.objects.filter(pk__in=among(set(qnrs)), vehicle__isnull=False)
    return {row[0]: Sender(*row) for row in mounted.values_list(*Sender._fields)}


def _keep(heard: Iterable[tuple[Sender, Report]]) -> None:
    """One statement, which locks the vehicles' states in the order of their keys."""
    latest: dict[str, Report] = {}
    for sender, report in heard:
        known = latest.get(sender.vehicle)
        if known is None or known.at <= report.at:
            latest[sender.vehicle] = report
    upsert_rows(
        VehicleState,
        ("vehicle", "signals", "received_at"),
        [(vehicle, latest[vehicle].signals, latest[vehicle].at) for vehicle in sorted(latest)],
        unless_newer="received_at",
    )


def _write_messages(wanted: Sequence[tuple[Sender, Report]]) -> None:
    """Each as the unit has sent it, of what the fleet may see now. `_traced` has taken out the positions."""
    models = VehicleModel.objects.in_bulk(
        {sender.vehicle__vehicle_model for sender, _ in wanted} - {None}
    )
    names = {pk: public_names(model) for pk, model in models.items()}
    by_fleet: Mapping[str, list[Entry]] = defaultdict(list)
    for sender, report in wanted:
        state = public_signals(report.signals, names.get(sender.vehicle__vehicle_model, ()))
        by_fleet[sender.vehicle__fleet].append(messages.of_state(sender.vehicle, state))
    for fleet, entries in by_fleet.items():
        messages.write_states(fleet, entries)


def _keep_device(sender: Sender, device: Device) -> None:
    """Keep the model and firmware that the unit reports, where they are not those that are known."""
    changed = {
        name: value
        for name, value in device._asdict().items()
        if value and value != getattr(sender, name)
    }
    if changed:
        Unit.objects.filter(pk=sender.qnr).update(**changed)
