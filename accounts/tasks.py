"""Cleaning up after sign-ins, and addresses from before they had one form."""

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import old_addresses
from core.tasks import every


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


SCHEDULE = {
    "rewrite old addresses": every(3600, "accounts.tasks.rewrite_old_addresses"),
    "forget expired sign-ins": every(3600, "accounts.tasks.forget_expired_sign_ins"),
}
