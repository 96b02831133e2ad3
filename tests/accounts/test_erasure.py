"""A person is erased: no search finds them, and the history names a pseudonym."""

import logging
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.mail import get_connection
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from accounts.models import (
    AgreementSignature,
    Company,
    Erasure,
    EventConsumer,
    Invitation,
    Partnership,
    User,
    erasure,
)
from accounts.models.consumer_choices import Kind
from accounts.tasks import erase_closed, search_erased, sweep_erasures
from core import erasing
from core.erasing import texts_of
from core.errors import MoveRefused
from core.models import AnsweredRequest, Failure, Mail, OutboxMessage
from core.outbox.numbering import number_all
from jobs.messages import JOB_CHANGED
from jobs.models import ImportedFile, Job, JobImport, Notification
from jobs.reading.history import History
from tests.accounts.erased import places_of
from tests.accounts.test_admin import act
from tests.factories.accounts import FleetMembershipFactory
from tests.factories.jobs import JobFactory, JobPhotoFactory

FIRST, LAST = "Ottilie", "Brändlhuber"
NAME = f"{FIRST} {LAST}"
EMAIL = "ottilie.braendlhuber@quickinstall.example"
WORDS = (FIRST, LAST, EMAIL)
PASSWORD = "Ein gutes Pferd 7"


@pytest.fixture
def messages(fleet, fleet_admin):
    EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Sync", topics=[JOB_CHANGED], by=fleet_admin
    )
    fleet.refresh_from_db()


@pytest.fixture
def person(client, company, company_admin, fleet, token_of, settings, caplog) -> User:
    """Invited, joined by the mailed link, and a fleet manager as well as an installer."""
    caplog.set_level(logging.DEBUG)
    settings.EMAIL_BACKEND = "core.mail.folder.MailFolder"
    company.invite(
        email=EMAIL, role="INSTALLER", by=company_admin, first_name=FIRST, last_name=LAST
    )
    token = token_of(EMAIL)
    Mail.objects.get(to=EMAIL).send()
    joining = {"password": PASSWORD, "first_name": FIRST, "last_name": LAST}
    client.post(f"/invitations/{token}/", joining)
    user = User.objects.get(email=EMAIL)
    FleetMembershipFactory(fleet=fleet, user=user, role="MANAGER")
    return user


@pytest.fixture
def work(messages, person, partnership, fleet, unit, vehicle_model, manager, company_admin) -> Job:
    """What the person has done, and what others have written about them."""
    job = JobFactory(
        by=person,
        fleet=fleet,
        vehicle_model=vehicle_model,
        contact=f"{LAST}, {FIRST} <{EMAIL.upper()}>",
        custom_name=f"Car of {NAME}",
        instructions=f"Ask {NAME.upper()} or write to {EMAIL}.",
    )
    job.assign(partnership.company, by=person)
    job.take(by=person)
    job.link_unit(unit.pk, by=person)
    JobPhotoFactory(job=job)
    other = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model)
    other.assign(partnership.company, by=manager)
    other.reserve(person, by=company_admin)
    content = f"custom_name,contact\nBlue,{NAME}\nRed,\n".encode()
    JobImport.objects.preview(person, fleet=fleet, name=f"{NAME}.csv", content=content)
    done = JobImport.objects.preview(manager, fleet=fleet, name="jobs.csv", content=content)
    done.confirm(by=manager)
    Failure.objects.record("core.tasks.send_mail", "1", f"550 <{EMAIL}> is unknown")
    AnsweredRequest.objects.create(principal=person.principal, key="k", body_hash="h")
    Mail.objects.enqueue(
        user=manager, template="mails/change", context={"what": "role", "team": NAME, "role": "X"}
    )
    written_to(manager.email, f"{NAME} took a job")
    while number_all():
        pass
    return job


def written_to(address: str, text: str) -> None:
    from django.core.mail import EmailMessage

    EmailMessage(text, text, to=[address], connection=get_connection()).send()


def searched(user: User) -> None:
    """The task's work, also its second search."""
    mine = Erasure.objects.get(user=user)
    search_erased(mine.pk)
    search_erased(mine.pk)


def test_an_erased_person_is_found_nowhere_and_the_history_has_a_pseudonym(
    person, work, manager, caplog
):
    assert len(places_of(*WORDS)) > 15, "the search finds what there is"
    version = work.version

    erasure.erase(person, by=person)
    searched(person)

    assert places_of(*WORDS) == []
    assert not [line for line in caplog.text.splitlines() if EMAIL in line or LAST in line]
    work.refresh_from_db()
    assert (work.status, work.assignee, work.created_by) == ("ASSIGNED", None, person)
    assert work.version == version + 1, "the job was withdrawn, and no text was a move"
    with translation.override("en"):
        lines = History(work).entries()
    assert any(f"Former user {person.pk}" in str(line) for line in lines)


def test_every_text_column_that_has_rows_is_searched(person, work, operator):
    erasure.erase(person, by=operator)
    planted = planted_everywhere()
    assert len(planted) > 60

    searched(person)

    assert places_of(*WORDS) == []


def planted_everywhere() -> list[str]:
    """Write the name into each text of each table, where its constraints allow it."""
    planted = []
    for model in set(apps.get_models(include_auto_created=True)) - {Company, Erasure}:
        for column in texts_of(model):
            table, name = model._meta.db_table, column.column
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f'UPDATE "{table}" SET "{name}" = %s', [f"of {NAME}"])
                    planted += [f"{table}.{name}"] * (cursor.rowcount > 0)
            except DatabaseError:
                continue
    return planted


def test_a_large_table_is_searched_in_stretches(person, manager, fleet, monkeypatch):
    monkeypatch.setattr(erasing, "STRETCH", 2)
    jobs = [JobFactory(by=manager, fleet=fleet, location=f"{NAME} {place}") for place in range(5)]
    erasure.erase(person, by=None)
    searched(person)

    kept = Job.objects.filter(location__startswith=f"Former user {person.pk}")
    assert kept.count() == len(jobs)


def test_nobody_signs_in_as_an_erased_person(client, person):
    erasure.erase(person, by=None)

    person.refresh_from_db()
    assert (person.closed_at is None, person.name) == (False, f"Former user {person.pk}")
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert client.get("/accounts/profile/").status_code == 302
    assert not Notification.objects.filter(user=person).exists()


def test_the_person_can_be_invited_again_later(person, company, company_admin, token_of, client):
    erasure.erase(person, by=None)
    searched(person)

    company.invite(email=EMAIL, role="INSTALLER", by=company_admin)
    joining = {"password": PASSWORD, "first_name": FIRST, "last_name": LAST}
    client.post(f"/invitations/{token_of(EMAIL)}/", joining)

    assert User.objects.get(email=EMAIL).pk != person.pk


def test_an_invitation_that_waits_for_the_person_ends(person, other_fleet, outside_manager):
    link = Partnership.invite(fleet=other_fleet, email=EMAIL, by=outside_manager)
    link.company = None
    Partnership.objects.filter(pk=link.pk).update(company=None)
    other_fleet.invite(email=EMAIL, role="VIEWER", by=None)

    erasure.erase(person, by=None)

    link.refresh_from_db()
    assert link.ended_at
    assert not Invitation.objects.standing().filter(email=EMAIL).exists()


@pytest.mark.parametrize("who", ["fleet_admin", "company_admin"])
def test_the_last_admin_is_refused_with_the_team(request, who):
    admin = request.getfixturevalue(who)
    with pytest.raises(MoveRefused) as refused:
        erasure.erase(admin, by=admin)

    assert refused.value.code == "last_admin"
    assert refused.value.extra["team"] in ("AppDrive Berlin", "QuickInstall")
    admin.refresh_from_db()
    assert admin.closed_at is None


def test_the_last_superuser_is_refused(operator):
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    operator.refresh_from_db()
    with pytest.raises(MoveRefused) as refused:
        erasure.erase(operator, by=operator)
    assert refused.value.code == "last_superuser"


def test_the_address_of_a_company_is_changed_first(person, company, company_admin):
    type(company).objects.filter(pk=company.pk).update(email=EMAIL)
    with pytest.raises(MoveRefused) as refused:
        erasure.erase(person, by=person)
    assert refused.value.code == "company_address"


def test_a_person_is_erased_once(person):
    erasure.erase(person, by=None)
    with pytest.raises(MoveRefused) as refused:
        erasure.erase(person, by=None)
    assert refused.value.code == "already_erased"


def test_a_signature_stays_without_name_and_address(person, company):
    signature = AgreementSignature.objects.filter(company=company).first()
    AgreementSignature.objects.filter(pk=signature.pk).update(
        signed_by=person, name=NAME, address="192.0.2.7"
    )
    erasure.erase(person, by=None)
    searched(person)

    signature.refresh_from_db()
    assert (signature.name, signature.address) == (f"Former user {person.pk}", None)


def test_the_name_of_a_company_that_works_is_its_own(person, company):
    type(company).objects.filter(pk=company.pk).update(name=f"{NAME} GmbH")
    erasure.erase(person, by=None)
    searched(person)

    company.refresh_from_db()
    assert company.name == f"{NAME} GmbH"


def test_a_file_of_jobs_goes_and_its_jobs_stay(person, work):
    assert ImportedFile.objects.count() == 2
    erasure.erase(person, by=None)
    searched(person)

    assert not ImportedFile.objects.exists()
    assert [kept.status for kept in JobImport.objects.all()] == ["DONE"]
    assert Job.objects.filter(custom_name="Blue").exists()


def test_messages_keep_their_places(person, work):
    before = list(OutboxMessage.objects.order_by("pk").values_list("message_id", "sequence"))
    assert any(LAST in body for body in OutboxMessage.objects.values_list("body", flat=True))
    erasure.erase(person, by=None)
    number_all()
    searched(person)

    kept = list(OutboxMessage.objects.order_by("pk").values_list("message_id", "sequence"))
    assert kept[: len(before)] == before


def test_a_lost_announcement_is_found_by_the_sweep(person, work, monkeypatch):
    erasure.erase(person, by=None)
    published = []
    monkeypatch.setattr(search_erased, "apply_async", lambda ids, **_options: published.append(ids))
    sweep_erasures()
    assert published == [(Erasure.objects.get().pk,)]


def test_a_closed_account_loses_its_name_when_it_is_no_longer_shown(installer, company):
    member = company.memberships.get(user=installer)
    company.remove_member(member, by=None)
    erase_closed()
    installer.refresh_from_db()
    assert installer.first_name, "for 24 months"
    User.objects.filter(pk=installer.pk).update(closed_at=timezone.now() - timedelta(days=731))

    erase_closed()

    installer.refresh_from_db()
    assert (installer.first_name, installer.last_name) == ("", "")
    assert Erasure.objects.get().user == installer


def test_what_a_person_is_asked_to_change_first_is_all_named(fleet_admin, company, company_admin):
    type(company).objects.filter(pk=company.pk).update(email=fleet_admin.email)
    codes = [refused.code for refused in erasure.obstacles(fleet_admin)]
    assert codes == ["last_admin", "company_address"]


def test_an_operator_erases_with_a_reason_that_the_teams_read(operator_client, person, fleet):
    act(operator_client, "erase", person, reason="")
    assert not Erasure.objects.exists()

    act(operator_client, "erase", person, reason="Asked by letter")
    searched(person)

    action = fleet.operator_actions.get(what="ERASE")
    assert (action.subject, action.reason) == (f"Former user {person.pk}", "Asked by letter")
    assert places_of(*WORDS) == []
