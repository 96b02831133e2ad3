"""One request of one principal, taken back afterwards: what was answered, what was written, and to whom mail goes."""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection, models, transaction
from django.test import Client

from accounts.models import User
from core.mail.mail import Mail
from core.models import OutboxMessage
from core.outbox.rendering import beginnings_of
from jobs.models import Notification

WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"')
# What any request of a signed-in person may write about themselves: the session, and where and when it was used.
OWN_SESSION = {"django_session", "usersessions_usersession", "django_cache"}
# The log of a client's own calls, also of those that are refused.
OWN_CALLS = {"accounts_apicall", "accounts_apiclientuse"}
# Where a person proves who they are, for the first time or again.
SIGN_IN = re.compile(r"/(?:admin|accounts)/(?:login|reauthenticate)/")
MODELS = {model._meta.db_table: model for model in apps.get_models()}


@dataclass
class Answer:
    status: str  # `in` for a redirect to the sign-in
    text: str  # headers and body, an archive unpacked
    tables: set[str] = field(default_factory=set)  # that were written to, apart from the session
    # The rows that are new or changed: table, what is in the row, what is in the changed columns.
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    # The mails and messages that go out: receiver and text.
    letters: list[tuple[str, str]] = field(default_factory=list)
    logged: str = ""


class Lines(logging.Handler):
    """The log lines of one request."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.exc_info or ''}")

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Meanwhile nothing else gets the log, which would only cost time."""
        root = logging.getLogger()
        others, level = root.handlers, root.level
        root.handlers = [self]
        root.setLevel(logging.INFO)
        try:
            yield
        finally:
            root.handlers = others
            root.setLevel(level)


class Browser:
    """Sends requests as each principal, and compares the database with what it was."""

    def __init__(self) -> None:
        self.before = {table: rows_of(model) for table, model in MODELS.items()}
        self.log = Lines()

    def send(self, client: Client, method: str, url: str, data: Any = None, **extra: Any) -> Answer:
        cookies = client.cookies.copy()
        self.log.lines = []
        with transaction.atomic(), written_tables() as tables:
            response = getattr(client, method)(url, data, **extra)
            answer = Answer(
                status_of(response), text_of(response), tables - OWN_SESSION - OWN_CALLS
            )
            if answer.tables:
                changed = list(self._changed(answer.tables))
                answer.letters = list(letters_in([row for row, _columns in changed]))
                for row, columns in changed:
                    everything = row._meta.concrete_fields
                    answer.rows.append(
                        (row._meta.label, in_words(row, everything), in_words(row, columns))
                    )
            transaction.set_rollback(True)
        answer.logged = "\n".join(self.log.lines)
        client.cookies = cookies
        cache.clear()
        return answer

    def _changed(self, tables: set[str]) -> Iterator[tuple[models.Model, list[models.Field]]]:
        """The rows that are new or changed, each with its changed columns."""
        for table in tables & MODELS.keys():
            model, before = MODELS[table], self.before[table]
            for pk, row in rows_of(model).items():
                if before.get(pk) == row:
                    continue
                was = before.get(pk, (None,) * len(row))
                columns = zip(model._meta.concrete_fields, was, row, strict=True)
                yield (
                    model._base_manager.get(pk=pk),
                    [column for column, old, new in columns if old != new],
                )


def rows_of(model: type[models.Model]) -> dict[Any, tuple]:
    names = [each.attname for each in model._meta.concrete_fields]
    position = names.index(model._meta.pk.attname)
    return {row[position]: row for row in model._base_manager.values_list(*names)}


@contextmanager
def written_tables() -> Iterator[set[str]]:
    found: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.update(WRITES.findall(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def status_of(response: Any) -> str:
    if response.status_code == 302 and SIGN_IN.match(response["Location"]):
        return "in"
    return str(response.status_code)


def text_of(response: Any) -> str:
    """The headers and the body. A workbook is an archive of XML files."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    cookies = response.cookies.output()
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{cookies}\n{body.decode('utf-8', 'replace')}"


def in_words(row: models.Model, columns: list[models.Field]) -> str:
    """The values of these columns, and for the number of a person their name."""
    texts = []
    for column in columns:
        value = getattr(row, column.attname)
        texts.append(str(value))
        if column.related_model is User and value:
            texts.append(getattr(row, column.name).last_name)
    return " ".join(texts)


def letters_in(rows: list[models.Model]) -> Iterator[tuple[str, str]]:
    """The mails among new rows, and those that notifications among them become: receiver and text.

    A message goes to the programs of a fleet, as it is rendered when it is numbered.
    """
    for row in rows:
        if isinstance(row, Notification):
            told = Notification.objects.for_sentences().get(pk=row.pk)
            if told.user.is_active:
                yield told.user.email, f"{told.sentence} {told.reason}"
                yield from letters_in([told.mail()])
        elif isinstance(row, Mail):
            message = row._message()
            text = f"{message.subject} {message.body} {json.dumps(row.context)}"
            yield row.to, text
        elif isinstance(row, OutboxMessage):
            yield row.stream, row.body or beginnings_of([row], [1])[0] + row.content
