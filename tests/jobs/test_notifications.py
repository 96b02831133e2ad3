"""Notifications: who is told of what, how he wants it, one for an act however large, and the way out of every mail."""

import re

import pytest
from django.core import mail as outbox
from django.test import Client

from accounts.models import Partnership
from core.failures import LIMIT
from core.models import Failure, Mail
from core.tasks import quietly
from jobs.models import Job, Notification, NotificationPreference
from jobs.notifications.event import (
    FOR_DESK,
    FOR_INSTALLER,
    FOR_OFFICE,
    MAILED,
    OF_VERB,
    NotificationEvent,
)
from jobs.notifications.preference import unsubscribe_path
from jobs.notifications.sending import notify_desk, notify_office
from jobs.notifications.texts import NEXT_STEPS, SENTENCES
from jobs.tasks import mail_notifications
from tests.factories.accounts import CompanyMembershipFactory, FleetMembershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory

PAGES = "/accounts/notices/"


@pytest.fixture
def told():
    """(who, what, how many) since the last look."""
    Notification.objects.all().delete()

    def look():
        found = sorted(
            (notification.user.email.split("@")[0], notification.verb, notification.count)
            for notification in Notification.objects.all()
        )
        Notification.objects.all().delete()
        return found

    return look


@pytest.fixture
def wishes():
    def choose(user, event, *, bell=True, mail=True):
        NotificationPreference.objects.choose(user, {event: (bell, mail)})

    return choose


def mails_to(user):
    """After the worker has written what is due."""
    mail_notifications()
    return [
        mail
        for mail in Mail.objects.order_by("pk")
        if mail.to == user.email and "invitation" not in mail.template
    ]


def text_of(mail):
    """The mail as its reader gets it."""
    Mail.objects.get(pk=mail.pk).send()
    return outbox.outbox[-1]


# --- who is told of what --------------------------------------------------------------------------------------------
def test_the_desk_is_told_how_a_job_ended(
    running_job, installer, fleet_admin, manager, viewer, told
):
    running_job.fail(by=installer, comment="No car there")
    assert told() == [("admin", "fail", 1), ("manager", "fail", 1)]


def test_whoever_did_it_is_not_told(
    pending_job, partnership, manager, fleet_admin, company_admin, told
):
    pending_job.assign(partnership.company, by=manager)
    assert told() == [("admin", "assign", 1)]
    assert not mails_to(manager)
    pending_job.hand_back(by=company_admin, reason="Not ours")
    assert told() == [("admin", "hand_back", 1), ("manager", "hand_back", 1)]


def test_a_request_and_its_answer_go_back_and_forth(assigned_job, manager, company_admin, told):
    assigned_job.request_handback(by=manager, reason="Wrong one")
    assert told() == [("admin", "request_handback", 1)]
    assigned_job.refuse_handback(by=company_admin, reason="On our way")
    assert told() == [("manager", "refuse_handback", 1)]


def test_the_partner_reads_in_the_mail_why_a_job_is_asked_back(
    assigned_job, manager, company_admin
):
    assigned_job.request_handback(by=manager, reason="It is the wrong car.")
    assert "It is the wrong car." in text_of(mails_to(company_admin)[-1]).body
    assert assigned_job.events.get(verb="request_handback").reason == "It is the wrong car."


def test_the_holder_is_told_of_his_access_and_his_job(
    linked_job, manager, installer, colleague, told
):
    linked_job.stop_access(by=manager, reason="Stolen")
    linked_job.allow_access(by=manager)
    linked_job.withdraw(by=colleague)
    assert told() == [
        ("installer1", verb, 1) for verb in ("allow_access", "stop_access", "withdraw")
    ]


@pytest.mark.parametrize(
    ("answer", "verb"), [("accept", "partnership_accepted"), ("decline", "partnership_declined")]
)
def test_the_desk_is_told_what_a_partner_answered(
    fleet, manager, fleet_admin, company_admin, told, answer, verb
):
    link = Partnership.invite(fleet=fleet, email=company_admin.email, by=manager)
    getattr(link, answer)(by=company_admin)
    assert [mail.template for mail in mails_to(manager)] == [f"mails/{verb}"]
    desk = [one for one in told() if one[1] != "partnership_offered"]
    assert desk == [("admin", verb, 1), ("manager", verb, 1)]


def test_nobody_of_another_fleet_or_company_is_told(
    running_job, installer, outside_manager, outside_admin, manager, told
):
    running_job.fail(by=installer, comment="No car there")
    assert told() == [("manager", "fail", 1)]


def test_who_is_suspended_is_not_told(running_job, installer, manager, fleet_admin, told):
    manager.suspend()
    running_job.fail(by=installer, comment="No car there")
    assert told() == [("admin", "fail", 1)]


# --- one for an act, however large ----------------------------------------------------------------------------------
@pytest.fixture
def three_jobs(fleet, manager, partnership):
    jobs = [JobFactory(by=manager, fleet=fleet) for _n in range(3)]
    Job.objects.filter(pk__in=[job.pk for job in jobs]).assign_all(
        partnership.company, fleet=fleet, by=manager
    )
    return Job.objects.filter(pk__in=[job.pk for job in jobs])


def test_a_bulk_assignment_is_one_notification_and_one_mail(company_admin, three_jobs):
    assert [
        (notification.verb, notification.count, notification.path)
        for notification in company_admin.notifications.all()
    ] == [("assign", 3, "/installers/jobs/")]
    assert len(mails_to(company_admin)) == 1
    assert "assigned 3 jobs to you" in mails_to(company_admin)[0].context["sentence"]


def test_jobs_that_come_back_with_a_partnership_are_one_notification_to_each(
    three_jobs, partnership, manager, fleet_admin, company_admin, told
):
    told()
    partnership.end(by=manager)
    assert told() == [("admin", "partnership_ended_by_fleet", 1), ("admin", "release", 3)]
    assert {job.status for job in three_jobs} == {"PENDING"}


def test_a_partner_that_leaves_is_one_notification(
    three_jobs, partnership, manager, company_admin, told
):
    told()
    partnership.end(by=company_admin)
    assert told() == [("manager", "partnership_ended_by_company", 3)]


def test_a_closed_company_is_one_notification(three_jobs, company, manager, company_admin, told):
    told()
    company.close(by=company_admin)
    assert told() == [("manager", "partnership_ended_by_company", 3)]


def test_a_removed_installer_is_one_notification_to_each_desk(
    three_jobs, company, installer, company_admin, manager, told
):
    for job in three_jobs:
        job.take(by=installer)
    told()
    company.remove_member(installer.company_membership, by=company_admin)
    assert ("manager", "withdraw", 3) in told()


# --- as each wants it -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("bell", [True, False])
@pytest.mark.parametrize("mail", [True, False])
def test_bell_and_mail_are_chosen_apart(running_job, installer, manager, wishes, bell, mail):
    wishes(manager, "FAILED", bell=bell, mail=mail)
    running_job.fail(by=installer, comment="No car there")
    assert len(mails_to(manager)) == mail
    assert manager.notifications.visible_to(manager).count() == bell


def test_of_what_happens_all_day_a_mail_comes_to_whoever_asks_for_it(
    proven_job, installer, manager, fleet_admin, wishes
):
    wishes(fleet_admin, "SUCCEEDED")
    proven_job.succeed(by=installer)
    assert not mails_to(manager)
    assert len(mails_to(fleet_admin)) == 1


def test_history_that_is_only_told_of_sends_no_mails(running_job, installer, manager):
    Mail.objects.all().delete()
    with quietly():
        running_job.fail(by=installer, comment="No car there")
    assert not mails_to(manager)
    assert manager.notifications.filter(verb="fail").exists()


def test_a_mail_is_written_once_however_often_the_worker_runs(running_job, installer, manager):
    running_job.fail(by=installer, comment="No car there")
    mail_notifications()
    mail_notifications()
    assert len(mails_to(manager)) == 1


def test_who_has_left_meanwhile_gets_no_mail(running_job, installer, manager):
    running_job.fail(by=installer, comment="No car there")
    manager.suspend()
    assert not [mail for mail in mails_to(manager) if mail.template != "mails/change"], (
        "of that alone he is told"
    )
    assert not Notification.objects.filter(mail_due=True).exists()


def test_the_mail_says_why(assigned_job, manager, company_admin):
    assigned_job.hand_back(by=company_admin, reason="We have no lift")
    assert "We have no lift" in text_of(mails_to(manager)[-1]).body


def test_a_refused_move_tells_nobody(assigned_job, installer, manager, told):
    with pytest.raises(Exception, match="status"):
        assigned_job.fail(by=installer, comment="x")
    assert told() == []


# --- the mail -------------------------------------------------------------------------------------------------------
def test_a_mail_says_what_happened_and_what_to_do_in_its_readers_language(
    running_job, installer, manager
):
    running_job.fail(by=installer, comment="No car there, see http://evil.example/")
    message = text_of(mails_to(manager)[0])
    assert message.subject == f"{installer.name} marked Blue One as failed"
    assert "create the job again for this vehicle" in message.body
    assert f"/fleetcontrol/{running_job.fleet_id}/jobs/{running_job.pk}/" in message.body
    assert "http://evil.example" not in message.body
    assert mails_to(manager)[0].language == manager.language


def test_every_verb_has_its_words_and_every_event_its_readers():
    assert set(SENTENCES) == set(OF_VERB)
    assert set(NEXT_STEPS) == {verb for verb in OF_VERB if not verb.startswith("partnership")}
    assert (
        set(OF_VERB.values()) == set(NotificationEvent) == {*FOR_DESK, *FOR_OFFICE, *FOR_INSTALLER}
    )
    assert set(MAILED) < set(NotificationEvent)


# --- the way out ----------------------------------------------------------------------------------------------------
@pytest.fixture
def failed_mail(running_job, installer, manager):
    running_job.fail(by=installer, comment="No car there")
    return text_of(mails_to(manager)[0])


@pytest.fixture
def way_out(failed_mail):
    return re.search(r"(/accounts/notices/off/\S+)", failed_mail.body)[1]


def test_every_mail_carries_the_way_out(failed_mail, way_out):
    assert failed_mail.extra_headers["List-Unsubscribe"].endswith(f"{way_out}>")
    assert failed_mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_it_asks_without_signing_in_and_acts_on_a_click(way_out, manager):
    browser = Client(enforce_csrf_checks=True)
    assert "A job has failed" in browser.get(way_out).content.decode()
    assert NotificationPreference.objects.chosen_by(manager)["FAILED"] == (True, True)
    assert "no longer sent" in browser.post(way_out).content.decode()
    assert NotificationPreference.objects.chosen_by(manager)["FAILED"] == (True, False)
    assert NotificationPreference.objects.chosen_by(manager)["RETURNED"] == (True, True)


def test_a_mail_program_does_it_in_one_click(way_out, manager):
    Client(enforce_csrf_checks=True).post(way_out, {"List-Unsubscribe": "One-Click"})
    assert NotificationPreference.objects.chosen_by(manager)["FAILED"] == (True, False)


def test_all_mails_are_stopped_at_once(way_out, manager):
    Client().post(way_out, {"all": "1"})
    assert not any(
        mail for _bell, mail in NotificationPreference.objects.chosen_by(manager).values()
    )


def test_a_stopped_kind_comes_no_more_and_the_bell_still_rings(
    way_out, fleet, manager, partnership, installer
):
    Client().post(way_out)
    mails_to(manager)
    Mail.objects.all().delete()
    job = JobFactory(by=manager, fleet=fleet)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.fail(by=installer, comment="Again")
    assert not mails_to(manager)
    assert manager.notifications.filter(verb="fail", job=job).exists()


@pytest.mark.parametrize(
    "spoil", [lambda path: path[:-2] + "x/", lambda path: f"{PAGES}off/1:FAILED/"]
)
def test_a_made_up_link_is_not_found(manager, spoil):
    path = spoil(unsubscribe_path(manager, "FAILED"))
    assert Client().post(path).status_code == 404
    assert not NotificationPreference.objects.exists()


# --- the pages ------------------------------------------------------------------------------------------------------
def test_the_bell_counts_on_both_sites_and_on_own_pages(
    running_job, installer, manager, manager_client, company_admin, company_admin_client
):
    running_job.fail(by=installer, comment="No car there")
    assert (
        'aria-hidden="true">1<'
        in manager_client.get(f"/fleetcontrol/{running_job.fleet_id}/vehicles/").content.decode()
    )
    assert 'aria-hidden="true">1<' in manager_client.get("/accounts/profile/").content.decode()
    Notification.objects.create(user=company_admin, verb="assign", job=running_job)
    assert (
        'aria-hidden="true">1<' in company_admin_client.get("/installers/clients/").content.decode()
    )


def test_opening_a_notification_leads_there_and_reads_it(
    running_job, installer, manager, manager_client
):
    running_job.fail(by=installer, comment="No car there")
    notification = manager.notifications.get()
    assert (
        f"{installer.name} marked Blue One as failed" in manager_client.get(PAGES).content.decode()
    )
    opened = manager_client.get(f"{PAGES}{notification.pk}/")
    assert opened.url == f"/fleetcontrol/{running_job.fleet_id}/jobs/{running_job.pk}/"
    assert manager_client.get(opened.url).status_code == 200
    assert not manager.notifications.unread().exists()


def test_a_notification_says_why_and_the_list_how_many_there_are(
    assigned_job, installer, company_admin, manager, request
):
    assigned_job.hand_back(by=company_admin, reason="Not in our town.")
    assigned_job.assign(company_admin.company_membership.company, by=manager)
    assigned_job.hand_back(by=company_admin, reason="Still not in our town.")
    assigned_job.assign(company_admin.company_membership.company, by=manager)
    assigned_job.take(by=installer)
    assigned_job.fail(by=installer, comment="No car there", reason="VEHICLE_ABSENT")

    page = request.getfixturevalue("manager_client").get(PAGES).content.decode()

    assert re.findall(r'<p class="muted small">(.*?)</p>', page) == [
        "Vehicle absent: No car there",
        "Still not in our town.",
        "Not in our town.",
    ]
    assert "1–3 of 3" in page
    assert "Vehicle absent: No car there" in text_of(mails_to(manager)[-1]).body


def test_a_notification_of_a_job_that_is_gone_says_so(
    company_admin, assigned_job, manager, manager_client, company_admin_client
):
    assigned_job.hand_back(by=company_admin, reason="Not in our town.")
    assigned_job.delete_by(by=manager)
    for reader, client in ((manager, manager_client), (company_admin, company_admin_client)):
        notification = reader.notifications.get()
        opened = client.get(f"{PAGES}{notification.pk}/", follow=True)
        assert (opened.status_code, opened.request["PATH_INFO"]) == (200, PAGES)
        assert "you can no longer see it" in opened.content.decode()
        notification.refresh_from_db()
        assert notification.read_at


def test_a_notification_says_which_work_in_which_fleet(
    fleet, partnership, installer, company_admin, manager, manager_client
):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B QX 2041")
    job = JobFactory(
        by=manager, fleet=fleet, vehicle=vehicle, kind="MAINTENANCE", task="REPAIR", custom_name=""
    )
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.fail(by=installer, comment="No car there")

    page = " ".join(manager_client.get(PAGES).content.decode().split())
    assert "AppDrive Berlin · Repair · " in page
    assert "AppDrive Berlin · Repair\n" in text_of(mails_to(manager)[-1]).body
    to_office = text_of(mails_to(company_admin)[-1]).body
    assert "\n\nRepair\n" in to_office, "its first line names the fleet already"


def test_all_are_read_at_once(running_job, installer, manager, manager_client, viewer):
    running_job.fail(by=installer, comment="No car there")
    mine, others = (
        manager.notifications.get(),
        Notification.objects.create(user=viewer, verb="fail", job=running_job),
    )
    assert manager_client.get(f"{PAGES}read/").status_code == 405
    manager_client.post(f"{PAGES}read/")
    mine.refresh_from_db()
    others.refresh_from_db()
    assert (bool(mine.read_at), bool(others.read_at)) == (True, False)


def test_the_notifications_of_others_are_not_found(
    running_job, manager, outside_manager_client, client
):
    notification = Notification.objects.create(user=manager, verb="fail", job=running_job)
    assert outside_manager_client.get(f"{PAGES}{notification.pk}/").status_code == 404
    assert "Blue One" not in outside_manager_client.get(PAGES).content.decode()
    for path in ("", "settings/", f"{notification.pk}/"):
        assert client.get(f"{PAGES}{path}").url.startswith("/accounts/login/")
    notification.refresh_from_db()
    assert notification.read_at is None


@pytest.mark.parametrize(
    ("who", "events"),
    [
        ("manager", set(FOR_DESK)),
        ("viewer", set()),
        ("company_admin", {*FOR_OFFICE, *FOR_INSTALLER}),
        ("installer", set(FOR_INSTALLER)),
    ],
)
def test_each_chooses_of_what_can_concern_him(request, db, who, events):
    page = request.getfixturevalue(f"{who}_client").get(f"{PAGES}settings/")
    assert {event for event, _bell, _mail in page.context["lines"]} == events


def test_a_choice_is_kept_and_only_for_ones_own_events(manager, manager_client):
    manager_client.post(
        f"{PAGES}settings/", {"bell": ["FAILED", "ASSIGNED"], "mail": ["SUCCEEDED"]}
    )
    chosen = NotificationPreference.objects.chosen_by(manager)
    assert (chosen["FAILED"], chosen["SUCCEEDED"], chosen["RETURNED"]) == (
        (True, False),
        (False, True),
        (False, False),
    )
    assert not NotificationPreference.objects.filter(event="ASSIGNED").exists()


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_costs_the_same_for_one_and_for_many(
    number, running_job, manager, partnership, manager_client, django_assert_max_num_queries
):
    for _n in range(number):
        Notification.objects.create(user=manager, verb="fail", job=running_job)
        Notification.objects.create(
            user=manager, verb="partnership_accepted", partnership=partnership
        )
    with django_assert_max_num_queries(5):
        assert manager_client.get(PAGES).status_code == 200


@pytest.mark.parametrize("number", [1, 8])
def test_notifying_costs_two_statements_for_one_and_for_many(
    number, assigned_job, fleet, manager, django_assert_max_num_queries
):
    for _n in range(number):
        FleetMembershipFactory(fleet=fleet)
        CompanyMembershipFactory(company=assigned_job.company, role="ADMIN")
    with django_assert_max_num_queries(4):
        notify_desk(assigned_job, "fail", by=None)
        notify_office(assigned_job, "assign", by=manager)


def test_a_notification_whose_mail_cannot_be_written_stops_no_other(manager, pending_job):
    about = {"user": manager, "job": pending_job, "mail_due": True}
    broken = Notification.objects.create(verb="a verb of no version", **about)
    Notification.objects.create(verb="fail", **about)
    Mail.objects.all().delete()

    for _sweep in range(LIMIT):
        mail_notifications()

    assert Mail.objects.filter(to=manager.email).count() == 1
    assert list(Notification.objects.filter(mail_due=True)) == [broken]
    assert Failure.objects.get().count == LIMIT


def test_an_installers_notification_leads_to_the_job_in_smartcontrol(
    client, linked_job, installer, manager
):
    linked_job.stop_access(by=manager, reason="Stolen")
    notification = Notification.objects.get(user=installer)
    assert notification.path == f"/smartcontrol/#/jobs/{linked_job.pk}"

    client.force_login(installer)
    assert client.get(f"/accounts/notices/{notification.pk}/").url == notification.path


# --- who reads them later --------------------------------------------------------------------------------------------
def listed(person) -> list[str]:
    browser = Client()
    browser.force_login(person)
    page = browser.get(PAGES)
    return [notification.verb for notification in page.context["page"].rows]


def test_who_has_left_a_fleet_reads_none_of_its_notifications(
    running_job, manager, installer, fleet, fleet_admin, second_fleet
):
    FleetMembershipFactory(user=manager, fleet=second_fleet, role="MANAGER")
    running_job.fail(by=installer, comment="Broken")
    notification = manager.notifications.get(verb="fail")
    assert "fail" in listed(manager)

    fleet.remove_member(fleet.memberships.get(user=manager), by=fleet_admin)
    assert listed(manager) == []
    browser = Client()
    browser.force_login(manager)
    assert browser.get(f"{PAGES}{notification.pk}/").status_code == 404
    assert 'data-unread="1"' not in browser.get(PAGES).content.decode()
    assert "fail" in listed(fleet_admin)


def test_who_works_for_another_company_now_reads_none_of_the_former_ones_notifications(
    running_job, installer, company, company_admin, other_company, second_fleet, manager
):
    FleetMembershipFactory(user=installer, fleet=second_fleet, role="VIEWER")
    running_job.stop_access(by=manager)
    assert listed(installer) == ["stop_access"]

    company.remove_member(company.memberships.get(user=installer), by=company_admin)
    assert listed(installer) == []
    CompanyMembershipFactory(user=installer, company=other_company)
    assert listed(installer) == []


def test_people_of_a_suspended_fleet_or_company_read_no_notifications(
    running_job, installer, manager, company, company_admin, fleet
):
    running_job.stop_access(by=manager)
    running_job.fail(by=installer, comment="Broken")
    assert "fail" in listed(manager)
    assert "stop_access" in listed(installer)

    fleet.suspend()
    company.suspend()
    assert listed(manager) == []
    assert listed(installer) == []
    fleet.reinstate()
    assert "fail" in listed(manager)
