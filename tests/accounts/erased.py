"""Where a person is still named: every table as the database has it, the files, the cache."""

import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from core.files import text_of


def places_of(*words: str) -> list[str]:
    """Each place that has one of these words, in whatever case and escape."""
    needles = {form.lower() for word in words for form in (word, json.dumps(word)[1:-1])}
    return sorted(
        {place for place, text in texts() if any(needle in text.lower() for needle in needles)}
    )


def texts() -> Iterator[tuple[str, str]]:
    yield from texts_of_tables()
    for session in Session.objects.all():
        yield "a session", str(session.get_decoded())
    for path in files():
        yield str(path), path.name + text_of_file(path)
    yield "the cache", str(getattr(cache, "_cache", ""))


def texts_of_tables() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield f"{table}.{column}", text_of_value(value)


def text_of_value(value) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    content = bytes(value)
    with suppress(zlib.error):
        content = zlib.decompress(content)
    return content.decode(errors="replace")


def files() -> Iterator[Path]:
    for path in Path(settings.VAR_DIR).rglob("*"):
        if path.is_file() and ".sqlite3" not in path.name:
            yield path


def text_of_file(path: Path) -> str:
    if path.suffix == ".eml":
        return text_of(path)
    return path.read_bytes().decode(errors="replace")
