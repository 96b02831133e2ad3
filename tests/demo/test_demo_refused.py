"""Nobody finds logins with a known password beside real data."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import MobilityProvider, User
from core.models import DemoMark
from demo import world as demo
from demo.world import people, place
from tests.factories.accounts import AgreementFactory, MobilityProviderFactory, UserFactory
from tests.threads import race


@pytest.fixture
def var(tmp_path, settings):
    """In demo mode, on a `var/` of its own."""
    settings.DEMO, settings.WORLD_FILE = True, tmp_path / "world"
    return tmp_path


@pytest.fixture
def old_world(db, var):
    """The logins of a demo world from before there was a mark."""
    for login in people.NAMES:
        UserFactory(email=login)
    return var


def rows() -> list:
    return [*User.objects.values_list(), *MobilityProvider.objects.values_list()]


@pytest.mark.django_db
def test_outside_of_demo_mode_it_refuses_and_makes_nothing(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("somebody", [UserFactory, MobilityProviderFactory])
def test_beside_a_user_or_a_provider_it_refuses_and_makes_nothing(var, somebody):
    somebody()
    before = rows()

    for arguments in ([], ["--check"]):
        with pytest.raises(CommandError, match="not built beside real data"):
            call_command("demo", *arguments)
    with pytest.raises(place.Occupied):
        demo.build()

    assert rows() == before
    assert not DemoMark.objects.exists()


def test_a_world_from_before_the_mark_gets_it_where_var_says_demo(old_world):
    (old_world / "world").write_text("demo")
    before = rows()

    call_command("demo")
    call_command("demo")

    assert rows() == before
    assert DemoMark.objects.exists()


@pytest.mark.parametrize("begun", ["", "empty"])
def test_demo_logins_alone_make_no_demo_world(old_world, begun):
    (old_world / "world").write_text(begun)
    with pytest.raises(CommandError, match="not built beside real data"):
        call_command("demo")

    assert not DemoMark.objects.exists()


def test_a_var_of_the_demo_world_says_nothing_of_other_peoples_database(db, var):
    (var / "world").write_text("demo")
    UserFactory()
    with pytest.raises(CommandError, match="not built beside real data"):
        call_command("demo")


@pytest.mark.django_db
def test_looking_writes_nothing(var):
    assert call_command("demo", "--check") == "missing"
    DemoMark.objects.claim()
    assert call_command("demo", "--check") == "there"
    assert not User.objects.exists()


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_of_two_that_build_at_once_one_builds(var):
    AgreementFactory()

    assert sorted(race(demo.build, demo.build)) == [False, True]
    assert User.objects.count() == len(people.NAMES)
    assert DemoMark.objects.count() == 1
