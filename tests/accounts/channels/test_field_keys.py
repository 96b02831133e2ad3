"""Keys of sealed secrets are replaced while everything runs: the new one first, then everything sealed anew."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Erasure, EventConsumer
from accounts.models.erasure import erase
from accounts.tasks import search_erased
from config.places import new_field_key
from core.values.encrypted import Unreadable, opened, seal

pytestmark = pytest.mark.django_db


def test_what_is_sealed_says_nothing_and_opens_again():
    assert opened(seal("whsec_ä")) == "whsec_ä"
    assert seal("whsec") != seal("whsec")
    assert "whsec" not in seal("whsec")


def test_after_sealing_anew_the_old_key_is_not_needed(webhook, fleet_admin, settings, capsys):
    new = webhook.renew_secret(by=fleet_admin)
    (old_key,) = settings.FIELD_KEYS
    new_key = new_field_key()
    settings.FIELD_KEYS = [new_key, old_key]
    call_command("reseal")
    assert "1 event consumers" in capsys.readouterr().out

    settings.FIELD_KEYS = [new_key]
    assert EventConsumer.objects.get().secrets == [new, webhook.shown_secret]
    settings.FIELD_KEYS = [old_key]
    with pytest.raises(Unreadable):
        opened(EventConsumer.objects.get().secret)


def test_secrets_that_no_key_opens_are_named(webhook, settings):
    settings.FIELD_KEYS = [new_field_key()]
    with pytest.raises(CommandError, match=webhook.pk):
        call_command("reseal")


def test_an_erasure_that_is_under_way_ends_with_the_new_key(installer, settings):
    erase(installer, by=None)
    (old_key,) = settings.FIELD_KEYS
    settings.FIELD_KEYS = [new_field_key(), old_key]
    call_command("reseal")
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    for _search in range(2):
        search_erased(Erasure.objects.get().pk)
    assert Erasure.objects.get().finished_at


def test_an_erasure_that_no_key_opens_is_named(installer, settings):
    erase(installer, by=None)
    settings.FIELD_KEYS = [new_field_key()]
    with pytest.raises(CommandError, match=Erasure.objects.get().pk):
        call_command("reseal")
