"""What keeps the doors tidy."""

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone


@shared_task
def forget_expired_sign_ins() -> None:
    """Sessions and tokens that open nothing any more, and the entries of those sessions in people's lists."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Token.objects.expired().delete()


SCHEDULE = {
    "forget expired sign-ins": {
        "task": "accounts.tasks.forget_expired_sign_ins",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
