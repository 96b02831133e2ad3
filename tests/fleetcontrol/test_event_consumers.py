"""*Settings ▸ Event consumers*: who may, what a new one needs, and what the pages say about one."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import EventConsumer, EventSubscription, WebhookDelivery
from accounts.models.consumer_choices import Kind, Status, SuspendedBecause
from accounts.models.event_consumer_queryset import MOST
from accounts.models.event_subscription import CHANNELS
from core.models import OutboxMessage
from core.outbox.numbering import number_all
from core.ulid import new_ulid
from telematics.models.change_reason import ChangeReason
from tests.factories.telematics import VehicleFactory

pytestmark = pytest.mark.django_db
FEED = {"name": "Booking", "topics": ["JobChanged"]}
HOOK = FEED | {"url": "https://hooks.example.com/in"}


@pytest.fixture
def add(fleet, fleet_admin):
    def add(kind=Kind.FEED, **values) -> EventConsumer:
        given = {"name": "sync", "topics": ["VehicleChanged", "JobChanged"], "by": fleet_admin}
        return EventConsumer.objects.add(fleet=fleet, kind=kind, **given | values)

    return add


@pytest.fixture
def page_of(at):
    return lambda consumer, part="": at(f"settings/event-consumers/{consumer.pk}/{part}")


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_without_one_the_page_says_what_it_is_for(fleet_admin_client, at):
    page = text_of(fleet_admin_client.get(at("settings/event-consumers/")))
    assert "without polling" in page
    assert at("settings/event-consumers/new/") in page


def test_an_admin_chooses_a_kind_and_creates_a_feed(fleet_admin_client, at, fleet):
    kinds = fleet_admin_client.get(at("settings/event-consumers/new/"))
    assert at("settings/event-consumers/new/feed/") in text_of(kinds)
    made = fleet_admin_client.post(at("settings/event-consumers/new/feed/"), FEED, follow=True)
    consumer = fleet.event_consumers.get()
    assert (consumer.name, consumer.kind, consumer.topics) == ("Booking", "FEED", ["JobChanged"])
    assert "/api/oneapi/v1/messages?after=0" in text_of(made)
    assert "Booking" in text_of(fleet_admin_client.get(at("settings/event-consumers/")))


def test_only_kinds_that_this_server_delivers_are_offered(fleet_admin_client, at, monkeypatch):
    monkeypatch.delitem(CHANNELS, Kind.AMQP, raising=False)
    kinds = text_of(fleet_admin_client.get(at("settings/event-consumers/new/")))
    assert "/new/webhook/" in kinds
    assert "/new/amqp/" not in kinds
    assert fleet_admin_client.get(at("settings/event-consumers/new/amqp/")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "given", "wrong"),
    [
        ("feed", {"name": ""}, "name"),
        ("feed", {"name": "sync"}, "name"),
        ("feed", {"topics": []}, "topics"),
        ("feed", {"topics": ["Everything"]}, "topics"),
        ("slack", {"topics": ["VehicleStateReceived"]}, "topics"),
        ("slack", {"reasons": ["ANY"]}, "reasons"),
        ("webhook", {"url": ""}, "url"),
        ("webhook", {"url": "http://hooks.example.com/in"}, "url"),
        ("webhook", {"url": "https://127.0.0.1/in"}, "url"),
        ("webhook", {"url": "https://me:secret@hooks.example.com/in"}, "url"),
    ],
)
def test_a_wrong_value_is_named_at_its_field(fleet_admin_client, at, add, kind, given, wrong):
    add()
    form = (FEED if kind == "feed" else HOOK) | given
    page = fleet_admin_client.post(at(f"settings/event-consumers/new/{kind}/"), form)
    assert set(page.context["form"].errors) == {wrong}
    assert EventConsumer.objects.count() == 1


def test_a_sixth_is_refused_with_the_reason(fleet_admin_client, at, add):
    for number in range(MOST):
        add(name=f"No {number}")
    assert "at most 5" in text_of(fleet_admin_client.get(at("settings/event-consumers/")))
    refused = fleet_admin_client.post(at("settings/event-consumers/new/feed/"), FEED)
    assert "at most 5" in text_of(refused)
    assert EventConsumer.objects.count() == MOST


def test_nobody_but_admins_of_the_fleet_reads_or_changes_one(
    add, at, page_of, manager_client, viewer_client, outside_manager_client
):
    consumer = add()
    paths = [at("settings/event-consumers/"), at("settings/event-consumers/new/feed/")]
    paths += [page_of(consumer, part) for part in ("", "edit/", "test/", "remove/")]
    for path in paths:
        assert manager_client.get(path).status_code == 403
        assert viewer_client.get(path).status_code == 403
        assert outside_manager_client.get(path).status_code == 404
    assert manager_client.post(page_of(consumer, "remove/")).status_code == 403
    consumer.refresh_from_db()
    assert consumer.status == Status.ACTIVE


def test_one_of_another_fleet_is_not_found_in_this_one(
    fleet_admin_client, add, page_of, other_fleet
):
    theirs = EventConsumer.objects.add(
        fleet=other_fleet, kind=Kind.FEED, name="theirs", topics=["JobChanged"], by=None
    )
    for part in ("", "edit/", "test/", "resume/", "remove/"):
        assert fleet_admin_client.get(page_of(theirs, part)).status_code == 404
        if part:
            assert fleet_admin_client.post(page_of(theirs, part)).status_code == 404


def test_a_new_one_that_is_sent_twice_is_one(fleet_admin_client, at, fleet):
    path = at("settings/event-consumers/new/feed/")
    page = fleet_admin_client.get(path).content.decode()
    shown_as = re.search(r'name="shown_as" value="(\w{26})"', page).group(1)
    answers = [fleet_admin_client.post(path, FEED | {"shown_as": shown_as}) for _n in range(2)]
    consumer = fleet.event_consumers.get()
    assert {answer.url for answer in answers} == {at(f"settings/event-consumers/{consumer.pk}/")}


def test_an_edit_changes_name_and_topics(fleet_admin_client, add, page_of):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    form = HOOK | {"name": "Renamed", "url": "https://hooks.example.com/new"}
    assert fleet_admin_client.post(page_of(consumer, "edit/"), form).url == page_of(consumer)
    consumer.refresh_from_db()
    assert (consumer.name, consumer.url) == ("Renamed", "https://hooks.example.com/new")
    assert consumer.subscriptions.get().topic == "JobChanged"


def test_the_page_shows_what_waits(fleet_admin_client, fleet, add, page_of, at):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    car = VehicleFactory(fleet=fleet)
    car.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    number_all()
    page = fleet_admin_client.get(page_of(consumer))
    assert (str(page.context["shown"].waiting), page.context["kept"].newest) == ("1", 1)
    [listed] = fleet_admin_client.get(at("settings/event-consumers/")).context["consumers"]
    assert str(listed.waiting) == "1"


def test_a_suspended_one_says_why_and_what_to_do_and_goes_on(fleet_admin_client, add, page_of):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    consumer.suspend(SuspendedBecause.NO_SUCCESS)
    page = text_of(fleet_admin_client.get(page_of(consumer)))
    assert "No message was accepted for 27 hours. Check the URL" in page
    assert fleet_admin_client.post(page_of(consumer, "resume/")).url == page_of(consumer)
    consumer.refresh_from_db()
    assert consumer.status == Status.ACTIVE


def test_one_that_fails_says_so(fleet_admin_client, add, page_of, at):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    EventSubscription.objects.filter(topic="JobChanged").update(failures=3, error="Secret: x")
    page = text_of(fleet_admin_client.get(page_of(consumer)))
    assert "The last delivery failed." in page
    assert "Secret: x" not in page
    assert "Deliveries fail" in text_of(fleet_admin_client.get(at("settings/event-consumers/")))


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "Its queues are being read."), (300, "Start the program that reads")]
)
def test_one_whose_queues_nobody_reads_says_so(
    fleet_admin_client, add, page_of, settings, minutes, words
):
    settings.MESSAGES_AMQP_URL = "amqp://product:secret@mq.example/events"
    consumer = add(Kind.AMQP)
    EventSubscription.objects.filter(topic="JobChanged").update(
        depth=7, sampled_at=timezone.now(), unread_for=timedelta(minutes=minutes)
    )
    page = text_of(fleet_admin_client.get(page_of(consumer)))
    assert words in page
    assert f"consumer.{consumer.pk}.JobChanged" in page
    assert "secret@" not in page


def test_a_new_secret_is_shown_once(fleet_admin_client, add, page_of):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    former = consumer.shown_secret
    page = fleet_admin_client.post(page_of(consumer, "secret/"), {"former": "later"})
    consumer.refresh_from_db()
    assert consumer.secrets == [page.context["secret"], former]
    assert "no-store" in page["Cache-Control"]
    assert page.context["secret"] not in text_of(fleet_admin_client.get(page_of(consumer)))


def test_what_was_set_aside_is_sent_again_one_or_all(fleet_admin_client, add, page_of):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    for number in range(3):
        WebhookDelivery.objects.create(
            consumer=consumer,
            message_id=new_ulid(),
            sequence=number,
            own_body="{}",
            status="SET_ASIDE",
            tried_at=timezone.now(),
            error="answer",
            answer_status=500,
            answer_text="<b>no</b>",
        )
    page = text_of(fleet_admin_client.get(page_of(consumer)))
    assert "The receiver answered with the status 500." in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    first = consumer.deliveries.first()
    fleet_admin_client.post(page_of(consumer, f"deliveries/{first.pk}/again/"))
    assert consumer.deliveries.waiting().get() == first
    since = timezone.localtime() - timedelta(hours=1)
    form = {"since": since.strftime("%Y-%m-%dT%H:%M")}
    answer = fleet_admin_client.post(page_of(consumer, "again/"), form, follow=True)
    assert "2 messages are sent again." in text_of(answer)


def test_a_test_message_is_for_this_one_alone(fleet_admin_client, add, page_of):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    add(Kind.SLACK, name="chat", url="https://hooks.example.com/chat")
    fleet_admin_client.post(page_of(consumer, "test/"))
    number_all()
    waiting = EventSubscription.objects.waiting()
    assert {each.consumer_id for each in waiting} == {consumer.pk}


def test_a_removed_one_is_gone_from_the_pages(fleet_admin_client, add, page_of, at):
    consumer = add()
    answers = [fleet_admin_client.post(page_of(consumer, "remove/")).url for _n in range(2)]
    assert answers == [at("settings/event-consumers/")] * 2
    assert fleet_admin_client.get(page_of(consumer)).status_code == 404
    assert "sync" not in text_of(fleet_admin_client.get(at("settings/event-consumers/")))


# --- again ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def behind(fleet, add) -> EventSubscription:
    """A subscription that has read three messages of a vehicle."""
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    car = VehicleFactory(fleet=fleet)
    for tag in ("winter", "summer", "autumn"):
        car.change(reason=ChangeReason.TAGS_CHANGED, tags=[tag])
    number_all()
    subscription = consumer.subscriptions.get(topic="VehicleChanged")
    assert subscription.claim()
    subscription.advance(3)
    return subscription


def test_all_that_is_kept_is_delivered_again(fleet_admin_client, page_of, behind):
    form = {"again": "all", "since": ""}
    fleet_admin_client.post(page_of(behind.consumer, "replay/"), form)
    again = EventSubscription.objects.get(pk=behind.pk)
    assert [message.sequence for message in again.next()] == [1, 2, 3]


def test_a_time_to_begin_from_must_lie_in_the_past(fleet_admin_client, page_of, behind):
    path = page_of(behind.consumer, "replay/")
    for since in ("", "2030-01-01T00:00", "yesterday"):
        page = fleet_admin_client.post(path, {"again": "since", "since": since})
        assert set(page.context["form"].errors) == {"since"}


def test_a_feed_has_no_place_to_put_back(fleet_admin_client, add, page_of):
    assert fleet_admin_client.get(page_of(add(), "replay/")).status_code == 404


# --- the log of deliveries --------------------------------------------------------------------------------------------
def tried(consumer, number: int) -> None:
    """Deliveries that were tried in vain, one a minute."""
    now = timezone.now()
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            consumer=consumer,
            message_id=new_ulid(),
            sequence=place,
            topic="VehicleChanged",
            type="VehicleChanged",
            subject=f"V{place:04}",
            status=WebhookDelivery.Status.SET_ASIDE,
            attempts=8,
            tried_at=now - timedelta(minutes=place),
            settled_at=now,
        )
        for place in range(number)
    )


def test_the_log_is_read_page_by_page(fleet_admin_client, add, page_of):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    tried(consumer, 120)
    seen, url = [], page_of(consumer)
    while url:
        answer = fleet_admin_client.get(url)
        page = answer.context["page"]
        seen += [row.subject for row in page.rows]
        assert len(page.rows) <= 50
        assert "of 120" in text_of(answer)
        url = page.next and f"{page_of(consumer)}?cursor={page.next}"
    assert seen == [f"V{place:04}" for place in range(120)]


def test_the_log_costs_the_same_statements_whatever_its_length(
    fleet_admin_client, add, page_of, django_assert_max_num_queries
):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    fleet_admin_client.get(page_of(consumer))
    tried(consumer, 10)
    with CaptureQueriesContext(connection) as ten:
        fleet_admin_client.get(page_of(consumer))
    tried(consumer, 100)
    with django_assert_max_num_queries(len(ten)):
        fleet_admin_client.get(page_of(consumer))


# --- forms that are sent twice ----------------------------------------------------------------------------------------
def post_twice(client, path: str, **form) -> list:
    """As a doubled tap does: the same form, with the id under which it was shown."""
    page = client.get(path).content.decode()
    form["shown_as"] = re.search(r'name="shown_as" value="(\w{26})"', page).group(1)
    answers = [client.post(path, form, follow=True) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    return [text_of(answer) for answer in answers]


def test_a_test_message_that_is_sent_twice_is_one(fleet_admin_client, add, page_of):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    pages = post_twice(fleet_admin_client, page_of(consumer, "test/"))
    assert all("The test message is being sent." in page for page in pages)
    assert OutboxMessage.objects.filter(recipient=consumer.pk).count() == 1
    post_twice(fleet_admin_client, page_of(consumer, "test/"))
    assert OutboxMessage.objects.filter(recipient=consumer.pk).count() == 2


def test_a_consumer_that_is_resumed_twice_by_one_form_is_resumed_once(
    fleet_admin_client, add, page_of
):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    consumer.suspend(SuspendedBecause.NO_SUCCESS)
    path = page_of(consumer, "resume/")
    pages = post_twice(fleet_admin_client, path)
    assert all("It goes on where it stopped." in page for page in pages)
    assert fleet_admin_client.get(path).status_code == 409


def test_a_form_that_resumed_does_not_resume_what_was_suspended_since(
    fleet_admin_client, add, page_of
):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    consumer.suspend(SuspendedBecause.NO_SUCCESS)
    path = page_of(consumer, "resume/")
    page = fleet_admin_client.get(path).content.decode()
    form = {"shown_as": re.search(r'name="shown_as" value="(\w{26})"', page).group(1)}
    fleet_admin_client.post(path, form)
    EventConsumer.objects.get(pk=consumer.pk).suspend(SuspendedBecause.NO_SUCCESS)
    fleet_admin_client.post(path, form)
    consumer.refresh_from_db()
    assert consumer.status == Status.SUSPENDED


@pytest.mark.parametrize("part", ["deliveries/{}/again/", "again/"])
def test_what_is_sent_again_twice_by_one_form_is_sent_again_once(
    fleet_admin_client, add, page_of, part
):
    consumer = add(Kind.WEBHOOK, url="https://hooks.example.com/in")
    tried(consumer, 1)
    delivery = consumer.deliveries.get()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(own_body="{}")
    path = page_of(consumer, part.format(delivery.pk))
    form = {} if "deliveries" in part else {"since": "2026-01-01T00:00"}
    page = fleet_admin_client.get(path).content.decode()
    form["shown_as"] = re.search(r'name="shown_as" value="(\w{26})"', page).group(1)
    first = text_of(fleet_admin_client.post(path, form, follow=True))
    WebhookDelivery.objects.filter(pk=delivery.pk).update(status="SET_ASIDE", attempts=8)
    second = text_of(fleet_admin_client.post(path, form, follow=True))
    for page in (first, second):
        assert "message is sent again." in page
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("SET_ASIDE", 8)
