"""Attempts to sign in are counted by account and place: the attacker is stopped, nobody else is."""

import base64
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.core import signing
from django.test import Client
from django.utils import timezone

from tests.factories.accounts import PASSWORD

LOGIN = "/accounts/login/"
APP = "/_allauth/app/v1/auth/"
OFFICE = "203.0.113.7"
ELSEWHERE = "198.51.100.9"

pytestmark = pytest.mark.django_db(transaction=True)


def browser(ip: str = OFFICE) -> Client:
    return Client(REMOTE_ADDR=ip)


def sign_in(client, user, password=PASSWORD):
    return client.post(LOGIN, {"login": user.email, "password": password})


def app_sign_in(client, email, password=PASSWORD):
    body = {"email": email, "password": password}
    return client.post(f"{APP}login", body, content_type="application/json")


def lock_out(user, ip: str = OFFICE, client=None):
    """Guess until it is refused, and return the refusal."""
    client = client or browser(ip)
    for _attempt in range(30):
        answer = sign_in(client, user, "guess")
        if answer.status_code == 429:
            return answer
    raise AssertionError("nobody stopped the guessing")


def test_guessing_is_answered_429_with_the_time_to_wait(installer):
    refused = lock_out(installer)
    assert 60 <= int(refused["Retry-After"]) <= 300
    assert "5 minutes" in refused.content.decode()


def test_the_app_is_answered_429_as_a_problem(installer):
    attacker = browser()
    answers = [app_sign_in(attacker, installer.email, "guess") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert answers[-1].json()["code"] == "throttled"
    assert int(answers[-1]["Retry-After"]) >= 60


def test_page_and_app_share_the_count(installer):
    client = browser()
    for _ in range(3):
        sign_in(client, installer, "guess")
    answers = [app_sign_in(client, installer.email, "guess") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]


def test_another_spelling_of_the_address_gives_no_further_attempts(installer):
    client = browser()
    spellings = [installer.email.upper(), f"{installer.email}\u200b", installer.email]
    answers = [app_sign_in(client, spelling, "guess") for spelling in spellings * 2]
    assert answers[-1].status_code == 429


def test_a_colleague_behind_the_same_ip_address_signs_in(installer, colleague):
    lock_out(installer)
    assert sign_in(browser(), colleague).status_code == 302


def test_guessing_at_many_accounts_does_not_stop_a_colleague(installer, colleague):
    attacker = browser()
    for number in range(40):
        app_sign_in(attacker, f"nobody{number}@example.com", "guess")
    assert sign_in(browser(), colleague).status_code == 302
    assert app_sign_in(browser(), installer.email).status_code == 200


def test_a_stranger_elsewhere_does_not_lock_the_account(installer):
    lock_out(installer, ELSEWHERE)
    assert sign_in(browser(OFFICE), installer).status_code == 302


@pytest.mark.parametrize("ways", ["page", "app"])
def test_a_known_device_signs_in_during_an_attack_from_its_own_ip_address(installer, ways):
    mine = browser()
    if ways == "page":
        sign_in(mine, installer)
        mine.post("/accounts/logout/")
    else:
        app_sign_in(mine, installer.email)
    lock_out(installer)
    assert sign_in(browser(), installer).status_code == 429, "a new device waits"
    assert sign_in(mine, installer).status_code == 302


def test_a_known_device_has_a_limit_of_its_own(installer):
    mine = browser()
    sign_in(mine, installer)
    mine.post("/accounts/logout/")
    assert lock_out(installer, client=mine).status_code == 429


def test_a_device_known_for_one_account_is_a_stranger_to_another(installer, colleague):
    attacker = browser()
    sign_in(attacker, installer)
    attacker.post("/accounts/logout/")
    answers = [sign_in(attacker, colleague, "guess").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_device_that_two_people_share_is_known_for_both(installer, colleague):
    shared = browser()
    for person in (installer, colleague):
        sign_in(shared, person)
        shared.post("/accounts/logout/")
    lock_out(installer)
    lock_out(colleague)
    assert sign_in(shared, installer).status_code == 302


def test_a_made_up_device_is_unknown(installer):
    attacker = browser()
    attacker.cookies["device"] = signing.dumps(["x", [installer.email]], salt="another")
    assert [sign_in(attacker, installer, "guess").status_code for _ in range(6)][-1] == 429


def test_the_cookie_of_a_device_is_for_the_server_alone(installer):
    mine = browser()
    sign_in(mine, installer)
    cookie = mine.cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert installer.email not in cookie.value


def test_a_right_password_costs_no_attempt(installer):
    for _ in range(10):
        assert app_sign_in(browser(), installer.email).status_code == 200


def test_the_limit_ends_by_itself(installer):
    lock_out(installer)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert sign_in(browser(), installer).status_code == 302


def test_attacks_from_many_ip_addresses_end_for_strangers_and_not_for_the_owner(installer):
    mine = browser()
    sign_in(mine, installer)
    mine.post("/accounts/logout/")
    for number in range(26):
        for _ in range(4):
            app_sign_in(browser(f"192.0.2.{number + 1}"), installer.email, "guess")
    assert sign_in(browser("192.0.2.200"), installer, "guess").status_code == 429
    assert sign_in(mine, installer).status_code == 302


# --- the second factor ------------------------------------------------------------------------------------------------
@pytest.fixture
def secret(installer):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(installer, secret)
    return secret


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def app_factor(token, code, ip=OFFICE):
    client = browser(ip)
    headers = {"X-Session-Token": token}
    body = {"code": code}
    return client.post(
        f"{APP}2fa/authenticate", body, content_type="application/json", headers=headers
    )


def pending(user, ip=OFFICE) -> str:
    return app_sign_in(browser(ip), user.email).json()["meta"]["session_token"]


def test_guessing_the_second_factor_is_stopped(installer, secret):
    token = pending(installer)
    answers = [app_factor(token, "000000") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) >= 60
    page = browser()
    sign_in(page, installer)
    answers = [page.post("/accounts/2fa/authenticate/", {"code": "000000"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


@pytest.mark.parametrize("where", [OFFICE, ELSEWHERE])
def test_a_stranger_with_the_password_does_not_shut_out_a_right_second_factor(
    installer, secret, where
):
    stranger = pending(installer, where)
    while app_factor(stranger, "000000", where).status_code != 429:
        pass
    assert app_factor(pending(installer), code_of(secret)).status_code == 200


def test_new_sign_ins_give_no_endless_attempts_at_the_second_factor(installer, secret):
    answers = []
    for _ in range(5):
        token = pending(installer)
        answers += [app_factor(token, "000000").status_code for _ in range(5)]
    assert answers[:20] == [400] * 20
    assert answers[20:] == [429] * 5


def test_a_known_device_gives_its_second_factor_after_all_strangers_are_stopped(installer, secret):
    mine = browser()
    sign_in(mine, installer)
    assert mine.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    mine.post("/accounts/logout/")
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        for _ in range(5):
            token = pending(installer)
            [app_factor(token, "000000") for _ in range(5)]
        assert app_factor(pending(installer), code_of(secret)).status_code == 429
        sign_in(mine, installer)
        answer = mine.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
        assert answer.status_code == 302


@pytest.mark.parametrize(("seconds", "status"), [(-60, 400), (-30, 200), (30, 200), (60, 400)])
def test_a_code_counts_one_step_before_and_after_its_own(installer, secret, seconds, status):
    """Who types it at its last second is in time, and a clock may be half a minute slow."""
    code = code_of(secret)
    with time_machine.travel(time.time() // 30 * 30 - seconds):
        assert app_factor(pending(installer), code).status_code == status


# --- everything else that proves something ----------------------------------------------------------------------------
def test_a_reset_is_limited_by_address_and_ip_address(installer, colleague):
    attacker = browser()
    path = "/accounts/password/reset/"
    answers = [attacker.post(path, {"email": installer.email}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) >= 60
    assert browser().post(path, {"email": colleague.email}).status_code == 302
    assert browser(ELSEWHERE).post(path, {"email": installer.email}).status_code == 302


def test_a_reset_in_the_app_is_limited_too(installer):
    client = browser()
    body = {"email": installer.email}
    answers = [
        client.post(f"{APP}password/request", body, content_type="application/json")
        for _ in range(6)
    ]
    assert (answers[-1].status_code, answers[0].status_code) == (429, 200)
    assert int(answers[-1]["Retry-After"]) >= 60


@pytest.mark.parametrize(
    "path",
    [
        "/invitations/abc/",
        "/invitations/abc/decline/",
        "/accounts/confirm-email/abc:def/",
        "/accounts/password/reset/key/1-abc/",
        "/installers/company/email/abc/",
    ],
)
def test_posting_to_one_link_again_and_again_is_refused(path):
    client = browser()
    answers = [client.post(path) for _ in range(21)]
    assert answers[0].status_code != 429
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60"
    assert browser(ELSEWHERE).post(path).status_code != 429


@pytest.mark.parametrize("path", ["email/verify", "password/reset"])
def test_posting_one_key_to_the_app_again_and_again_is_refused(path):
    client = browser()
    body = {"key": "abc", "password": PASSWORD}
    answers = [client.post(APP + path, body, content_type="application/json") for _ in range(21)]
    assert (answers[0].status_code == 429, answers[-1].status_code) == (False, 429)
    assert answers[-1]["Retry-After"] == "60"


def basic(client_id: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:guess".encode()).decode()


def test_one_client_that_asks_for_tokens_too_often_does_not_stop_another(db):
    machine = browser()
    form = {"grant_type": "client_credentials"}

    def ask(client_id):
        return machine.post("/oauth/token", form, headers={"Authorization": basic(client_id)})

    answers = [ask("one") for _ in range(31)]
    assert (answers[-1].status_code, answers[-1].json()) == (429, {"error": "slow_down"})
    assert answers[-1]["Retry-After"] == "60"
    assert ask("another").status_code == 401


def test_limits_of_signed_in_people_say_how_long_to_wait(installer):
    client = browser()
    sign_in(client, installer)
    form = {"oldpassword": "guess", "password1": "x", "password2": "x"}
    answers = [client.post("/accounts/password/change/", form) for _ in range(6)]
    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "60")


def test_a_flood_from_one_ip_address_is_stopped_before_it_costs_work(installer):
    mine = browser()
    app_sign_in(mine, installer.email)
    attacker = browser()
    answers = [
        app_sign_in(attacker, f"nobody{number}@example.com", "guess").status_code
        for number in range(125)
    ]
    assert answers[-1] == 429
    assert app_sign_in(mine, installer.email).status_code == 200, "a known device"


def test_an_unreadable_body_is_refused_by_its_view():
    answer = browser().post(f"{APP}login", "[1", content_type="application/json")
    assert answer.status_code == 400
