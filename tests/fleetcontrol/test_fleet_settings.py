"""*Settings ▸ Fleet*: what an admin decides for the whole fleet, where it shows, and who changed it."""

import csv
import io

import pytest

from accounts.channels.slack import language_of
from accounts.models import EventConsumer, Fleet, FleetEvent
from core.models import Mail
from jobs.models import Job
from tests.factories.accounts import FleetFactory
from tests.factories.jobs import JobFactory

TYPED = {
    "name": "Berlin",
    "time_zone": "Europe/Berlin",
    "language": "",
    "csv_separator": "",
    "job_prefix": "BER",
    "seen": "0",
}


@pytest.fixture
def path(fleet) -> str:
    return f"/fleetcontrol/{fleet.pk}/settings/fleet/"


@pytest.fixture
def save(fleet_admin_client, path):
    def send(**changed):
        return fleet_admin_client.post(path, {**TYPED, **changed})

    return send


def now(fleet) -> Fleet:
    return Fleet.objects.get(pk=fleet.pk)


def test_an_admin_changes_the_settings_and_the_page_shows_who_did(
    save, fleet, fleet_admin, fleet_admin_client, path
):
    answer = save(name="Hamburg", time_zone="Asia/Tokyo", language="de", csv_separator="TAB")
    assert answer.status_code == 302
    changed = now(fleet)
    assert (changed.name, changed.time_zone, changed.language) == ("Hamburg", "Asia/Tokyo", "de")
    assert changed.separator == "\t"
    event = FleetEvent.objects.get()
    assert (event.fleet, event.actor, event.seq) == (fleet, fleet_admin, 1)
    assert event.data["changes"]["name"] == ["Berlin", "Hamburg"]
    shown = fleet_admin_client.get(path).content.decode()
    assert fleet_admin.name in shown
    assert "Berlin → Hamburg" in shown


def test_others_may_not_see_it(manager_client, viewer_client, outside_manager_client, path):
    for client, status in (
        (manager_client, 403),
        (viewer_client, 403),
        (outside_manager_client, 404),
    ):
        assert client.get(path).status_code == status
        assert client.post(path, TYPED).status_code == status
    assert not FleetEvent.objects.exists()


def test_saving_what_is_there_records_nothing(save):
    save()
    assert not FleetEvent.objects.exists()


def test_who_saves_after_somebody_else_is_told(save, fleet):
    save(name="Hamburg")
    answer = save(name="Munich", seen="0")
    assert answer.status_code == 200
    assert "changed in the meantime" in answer.content.decode()
    assert now(fleet).name == "Hamburg"


# --- prefix -----------------------------------------------------------------------------------------------------------
def test_a_new_prefix_shows_all_numbers_and_the_old_one_still_finds_them(
    save, fleet, manager, manager_client
):
    job = JobFactory(by=manager, fleet=fleet)
    assert save(job_prefix="bln").status_code == 302
    job = Job.objects.get(pk=job.pk)
    assert job.names.number == "BLN-1"
    assert job.number == 1
    page = f"/fleetcontrol/{fleet.pk}/jobs/installation/"
    for text in ("BLN-1", "BER-1"):
        assert job.pk in manager_client.get(page, {"search": text}).content.decode()
    save(job_prefix="BER", seen="1")
    assert now(fleet).prefixes == ["BER", "BLN"]


@pytest.mark.parametrize("prefix", ["", "B", "BERLI", "B1", "ÄÖ", "B-R"])
def test_a_prefix_has_two_to_four_letters(save, fleet, prefix):
    answer = save(job_prefix=prefix)
    assert answer.status_code == 200
    assert answer.context["form"].errors["job_prefix"]
    assert now(fleet).job_prefix == "BER"


def test_no_fleet_takes_the_prefix_that_another_one_has_or_had(save, fleet):
    other = FleetFactory(provider=fleet.provider, name="Hamburg")
    other.change_settings(by=None, job_prefix="HH")
    for taken in ("HH", "HAM"):
        assert save(job_prefix=taken).context["form"].errors["job_prefix"]
    FleetFactory(name="Elsewhere", job_prefix="XY")
    assert save(job_prefix="XY").status_code == 302


# --- what the settings are for ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("chosen", "sign"), [("", ","), ("SEMICOLON", ";"), ("TAB", "\t")])
def test_every_csv_file_of_the_fleet_has_its_separator(
    save, fleet, manager, manager_client, chosen, sign
):
    JobFactory(by=manager, fleet=fleet)
    save(csv_separator=chosen)
    home = f"/fleetcontrol/{fleet.pk}/"
    for url in (
        "jobs/installation/export/csv/",
        "vehicles/export/csv/",
        "units/export/csv/",
        "templates/export/csv/",
        "jobs/import/files/template.csv",
    ):
        answer = manager_client.get(home + url)
        assert answer.status_code == 200, url
        text = (b"".join(answer) if answer.streaming else answer.content).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=sign))
        assert len(rows[0]) > 2, url


def test_without_a_separator_a_file_has_that_of_the_readers_language(
    fleet, manager, manager_client
):
    manager.language = "de"
    manager.save()
    answer = manager_client.get(f"/fleetcontrol/{fleet.pk}/jobs/installation/export/csv/")
    assert b'"id";"number"' in b"".join(answer)


def test_an_invitation_to_a_stranger_has_the_language_and_time_zone_of_the_fleet(
    save, fleet, fleet_admin
):
    save(language="de", time_zone="Asia/Tokyo")
    now(fleet).invite(email="new@example.com", role="VIEWER", by=fleet_admin)
    mail = Mail.objects.get(to="new@example.com")
    assert (mail.language, mail.time_zone) == ("de", "Asia/Tokyo")


def test_without_a_language_an_invitation_has_that_of_the_person_who_invites(fleet, fleet_admin):
    fleet_admin.language = "de"
    fleet_admin.save()
    fleet.invite(email="new@example.com", role="VIEWER", by=fleet_admin)
    assert Mail.objects.get(to="new@example.com").language == "de"


def test_a_chat_reads_in_the_language_of_the_fleet(save, fleet, fleet_admin):
    consumer = EventConsumer(fleet=fleet, created_by=fleet_admin)
    assert language_of(consumer) == "en"
    save(language="de")
    consumer.fleet = now(fleet)
    assert language_of(consumer) == "de"


# --- the operators' form ----------------------------------------------------------------------------------------------
def test_operators_change_the_settings_by_the_same_method(operator_client, operator, fleet):
    page = f"/admin/accounts/fleet/{fleet.pk}/change/"
    given = {**TYPED, "name": "Hamburg", "job_prefix": "HH", "provider": fleet.provider_id}
    assert operator_client.post(page, given).status_code == 302
    changed = now(fleet)
    assert (changed.name, changed.prefixes) == ("Hamburg", ["HH", "BER"])
    assert FleetEvent.objects.get().actor == operator


def test_operators_are_refused_a_taken_prefix(operator_client, fleet):
    FleetFactory(provider=fleet.provider, name="Hamburg")
    page = f"/admin/accounts/fleet/{fleet.pk}/change/"
    answer = operator_client.post(
        page, {**TYPED, "job_prefix": "HAM", "provider": fleet.provider_id}
    )
    assert answer.status_code == 200
    assert now(fleet).job_prefix == "BER"
