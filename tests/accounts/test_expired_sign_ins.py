"""What opens nothing any more is forgotten, what does stays."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tasks import forget_expired_sign_ins


def test_only_expired_sessions_are_forgotten_with_their_entries(
    manager, manager_client, installer, installer_client
):
    expired, alive = installer_client.session.session_key, manager_client.session.session_key
    for person, key in ((installer, expired), (manager, alive)):
        UserSession.objects.update_or_create(
            session_key=key, defaults={"user": person, "ip": "127.0.0.1"}
        )
    Session.objects.filter(pk=expired).update(expire_date=timezone.now() - timedelta(minutes=1))

    forget_expired_sign_ins()

    assert set(Session.objects.values_list("pk", flat=True)) == {alive}
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {alive}
