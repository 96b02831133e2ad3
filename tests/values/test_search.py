"""What every door has taken is found by itself, as it was typed."""

import pytest

from core.normal import normalise
from jobs.models import Job
from jobs.search import SHORTEST_SEARCH
from telematics.models import Vehicle
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory
from tests.values import table
from tests.values.doors import REFUSED

COLUMNS = {"custom_name": table.LINE, "license_plate": table.PLATE, "vin": table.VIN}


def accepted(column):
    for text, stored in COLUMNS[column].items():
        if stored is not REFUSED and len(normalise(text)) >= SHORTEST_SEARCH:
            yield text


@pytest.mark.parametrize("column", COLUMNS)
def test_what_was_taken_is_found_as_it_was_typed(column, fleet, manager):
    for text in accepted(column):
        job = JobFactory(by=manager, fleet=fleet, **{"custom_name": "", column: text})
        for typed in (text, getattr(job, column), text.lower()):
            assert Job.objects.filter(pk=job.pk).matching(typed).exists(), ascii(typed)
            assert Job.objects.filter(pk=job.pk).matching_any(typed).exists(), ascii(typed)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_vehicle_is_found_and_chosen_as_it_was_typed(column, fleet):
    for text in accepted(column):
        car = VehicleFactory(
            fleet=fleet, **{"vin": "", "license_plate": "", "custom_name": "", column: text}
        )
        car.refresh_from_db()
        assert Vehicle.objects.filter(pk=car.pk).matching(text).exists(), ascii(text)
        assert car.is_called(text), ascii(text)
        Vehicle.objects.filter(pk=car.pk).update(unit=None, archived_at="2026-01-01T00:00Z")


def test_a_name_that_grows_in_upper_case_fits_its_search_column(fleet):
    car = VehicleFactory(fleet=fleet, custom_name="ΐ" * 100)
    assert Vehicle.objects.matching("ΐ" * 100).get() == car
