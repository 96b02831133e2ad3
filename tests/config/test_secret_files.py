"""A secret may be in a file. What is wrong with the file is refused in one line, and its content is not shown."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import given, secret_files
from tests.config.test_settings import CHECK, start
from tests.config.test_wrong_settings import FIELD_KEY, KEY

pytestmark = pytest.mark.once
# Every secret, and where `given.read` has it.
GOOD = {
    "BROKER_URL": ("amqp://me:s3cret@mq/jobs", lambda found: found.stores.broker_url),
    "CACHE_URL": ("redis://:s3cret@cache/1", lambda found: found.stores.cache_url),
    "DATABASE_URL": (
        "postgresql://me:s3cret@db/fleet",
        lambda found: "postgresql://me:{PASSWORD}@{HOST}/{NAME}".format(**found.stores.database),
    ),
    "DEMO_PASSWORD": ("s3cret of the demo", lambda found: found.demo_password),
    "EMAIL_URL": (
        "smtp://me:s3cret@mail.example",
        lambda found: "smtp://{EMAIL_HOST_USER}:{EMAIL_HOST_PASSWORD}@{EMAIL_HOST}".format(
            **found.mails.server
        ),
    ),
    "FIELD_KEYS": (FIELD_KEY, lambda found: found.field_keys[0]),
    "MAIL_BOUNCES_SECRET": ("s3cret-of-postmark", lambda found: found.mails.bounces_secret),
    "MESSAGES_AMQP_URL": ("amqp://me:s3cret@rabbit/events", lambda found: found.messages.amqp_url),
    "MESSAGES_MANAGEMENT_URL": (
        "http://me:s3cret@rabbit:15672",
        lambda found: found.messages.management_url,
    ),
    "METRICS_TOKEN": ("s3cret-0123456789", lambda found: found.metrics_token),
    "SECRET_KEY": (KEY, lambda found: found.secret_key),
    "SECRET_KEY_FALLBACKS": (KEY[::-1], lambda found: found.former_secret_keys[0]),
}


@pytest.fixture
def variables(tmp_path):
    """Every secret of a production in a file of its own."""
    written = {"VAR_DIR": str(tmp_path / "var"), "BASE_URL": "https://fleet.example"}
    written["MAIL_BOUNCES_FROM"] = "postmark"
    for secret, (value, _found) in GOOD.items():
        path = tmp_path / secret.lower()
        path.write_text(f"{value}\n")
        written[f"{secret}_FILE"] = str(path)
    return written


def test_each_secret_is_read_from_its_file(variables):
    found = given.read(variables)

    assert set(secret_files.SECRETS) == GOOD.keys()
    assert {secret: where(found) for secret, (_value, where) in GOOD.items()} == {
        secret: value for secret, (value, _where) in GOOD.items()
    }


def refusal_of(variables):
    with pytest.raises(ImproperlyConfigured) as refused:
        given.read(variables)
    sentence = str(refused.value)
    assert len(sentence.splitlines()) == 1
    assert "s3cret" not in sentence
    return sentence


@pytest.mark.parametrize("secret", secret_files.SECRETS)
def test_a_secret_that_is_given_twice_is_refused(variables, secret):
    twice = variables | {secret: GOOD[secret][0]}

    assert refusal_of(twice) == f"{secret}_FILE is set beside {secret}. Give one of them."


@pytest.mark.parametrize("secret", secret_files.SECRETS)
def test_a_file_that_cannot_be_read_is_refused(variables, tmp_path, secret):
    for path, reason in ((tmp_path / "gone", "No such file"), (tmp_path, "Is a directory")):
        sentence = refusal_of(variables | {f"{secret}_FILE": str(path)})
        assert sentence.startswith(f"{secret}_FILE '{path}' cannot be read: {reason}")


@pytest.mark.parametrize(("content", "reason"), [(b" \n", "is empty"), (b"\xff", "not a text")])
def test_a_file_without_a_text_is_refused(variables, tmp_path, content, reason):
    (tmp_path / "secret_key").write_bytes(content)

    assert reason in refusal_of(variables)


def test_a_wrong_value_in_a_file_is_refused_as_any(variables, tmp_path):
    (tmp_path / "secret_key").write_text("s3cret")
    assert refusal_of(variables) == "SECRET_KEY must have at least 50 characters."


def test_a_process_ends_with_one_line_where_a_file_is_missing(tmp_path):
    ended = start(*CHECK, VAR_DIR=str(tmp_path), SECRET_KEY_FILE="/no/such/file")

    assert ended.returncode == 1
    assert ended.stderr == (
        "Settings: SECRET_KEY_FILE '/no/such/file' cannot be read: No such file or directory.\n"
    )
