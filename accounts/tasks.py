"""Cleaning up after sign-ins, addresses from before they had one form, and the broker of event consumers."""

import logging
from collections.abc import Callable

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.channels import reading, topology
from accounts.channels.rabbitmq import FAILURES, Management
from accounts.models import Erasure, User, erasure, old_addresses
from accounts.models.user import NAME_KEPT_FOR
from core import queues
from core.failures import each
from core.tasks import every, postpone_and_nudge

BATCH = 100  # people
log = logging.getLogger(__name__)


@shared_task
def forget_expired_sign_ins() -> None:
    """Delete expired sessions and tokens, and the entries of those sessions in people's lists."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Token.objects.expired().delete()


@shared_task
def rewrite_old_addresses() -> None:
    """Bring addresses to their canonical form. `manage.py addresses` lists those that cannot be rewritten."""
    old_addresses.rewrite()


@shared_task
def search_erased(erasure_id: str) -> None:
    """Take an erased person out of the texts that others wrote."""
    erased = Erasure.objects.filter(pk=erasure_id).first()
    if erased:
        erased.search()


@queues.waiting("default")
def waiting_erasures() -> int:
    return Erasure.objects.due().count()


@shared_task
def sweep_erasures() -> None:
    postpone_and_nudge(search_erased, Erasure.objects.due())


@shared_task
def erase_closed() -> None:
    """Erase the people whose account was closed so long ago that their name is no longer shown."""
    closed = User.objects.filter(closed_at__lt=timezone.now() - NAME_KEPT_FOR)
    named = closed.exclude(first_name="", last_name="")
    each(
        named,
        lambda user: erasure.erase(user, by=None),
        what="accounts.tasks.erase_closed",
        most=BATCH,
    )


@shared_task
def match_broker() -> None:
    """Make users, rights and queues in RabbitMQ match the event consumers."""
    _at_the_broker(topology.match)


@shared_task
def sample_queues() -> None:
    """Notice which event consumers do not read their queues."""
    _at_the_broker(reading.sample)


def _at_the_broker(use: Callable[[Management], None]) -> None:
    """While RabbitMQ is away, nothing: the next run does it."""
    if not settings.MESSAGES_MANAGEMENT_URL:
        return
    try:
        with Management() as broker:
            use(broker)
    except FAILURES as error:
        log.warning("RabbitMQ's management API failed (%s: %s)", type(error).__name__, error)


SCHEDULE = {
    "match the broker of messages": every(300, "accounts.tasks.match_broker"),
    "sample the queues of messages": every(reading.EVERY, "accounts.tasks.sample_queues"),
    "search for erased people": every(60, "accounts.tasks.sweep_erasures"),
    "erase closed accounts": every(86400, "accounts.tasks.erase_closed"),
    "rewrite old addresses": every(3600, "accounts.tasks.rewrite_old_addresses"),
    "forget expired sign-ins": every(3600, "accounts.tasks.forget_expired_sign_ins"),
}
