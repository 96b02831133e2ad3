"""The app's files as one build: a folder whose name is the digest of everything in it.

The folder mirrors `static/`, so that the modules import each other by the same relative paths in the browser, in Node
and on disk. A file never changes under its URL, and a browser keeps it.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from installers.smartcontrol.texts import catalogue

PREFIX = "/smartcontrol/"
STATIC = settings.BASE_DIR / "static"
APP = "smartcontrol"
ICONS = "icons.svg"
SHARED = ("css/tokens.css", ICONS)
SYMBOL = re.compile(rb'<symbol id="([a-z0-9-]+)"')
MAIN = "smartcontrol/main.js"
STYLES = ("css/tokens.css", "smartcontrol/app.css")
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


class File(NamedTuple):
    content: bytes
    compressed: bytes
    content_type: str


class Build(NamedTuple):
    name: str
    files: dict[str, File]

    def url(self, path: str) -> str:
        return f"{PREFIX}{self.name}/{path}"

    @property
    def urls(self) -> list[str]:
        return [self.url(path) for path in self.files]

    @property
    def modules(self) -> list[str]:
        """The modules that the first screen needs, so that a browser fetches them side by side."""
        return [self.url(path) for path in self.files if path.endswith(".js") and is_first(path)]

    @property
    def contents(self) -> dict[str, bytes]:
        return {path: file.content for path, file in self.files.items()}


def is_first(path: str) -> bool:
    """Whether the page itself loads the module. The workers load the rest."""
    return not path.endswith("worker.js") and not path.startswith("vendor/qr/")


def has_policy(path: str) -> bool:
    """Whether a browser obeys the Content-Security-Policy of this file: it is a worker, or can be opened as a page."""
    return path.endswith(("worker.js", ".svg"))


def current() -> Build:
    """The build of the files. Only under `bin/dev` do they change while the product runs."""
    if settings.DEBUG:
        _sources.cache_clear()
    return _build(_sources())


def find(path: str) -> File | None:
    """The file with this URL, None if it is not of the current build."""
    if not path.startswith(PREFIX):
        return None
    build = current()
    return build.files.get(path.removeprefix(f"{PREFIX}{build.name}/"))


@lru_cache(maxsize=1)
def _sources() -> tuple[tuple[Path, int], ...]:
    """Every file with the time of its last change."""
    return tuple((path, path.stat().st_mtime_ns) for path in _paths())


def _paths() -> Iterator[Path]:
    yield from sorted(path for path in (STATIC / APP).rglob("*") if path.suffix in TYPES)
    yield from _libraries()
    yield from (STATIC / path for path in SHARED)


@lru_cache(maxsize=1)
def _libraries() -> tuple[Path, ...]:
    """The packages that bin/vendor writes and modules import: the website has others of its own."""
    packages = json.loads((STATIC / "vendor" / "manifest.json").read_text())["packages"]
    names = [name for package in packages if package.get("imports") for name in package["files"]]
    return tuple(STATIC / name for name in sorted(names) if name.endswith(".js"))


@lru_cache(maxsize=1)
def _build(sources: tuple[tuple[Path, int], ...]) -> Build:
    contents = {
        path.relative_to(STATIC).as_posix(): path.read_bytes() for path, _changed in sources
    }
    contents[ICONS] = only_named(contents[ICONS], contents)
    for language, _name in settings.LANGUAGES:
        contents[f"{APP}/texts/{language}.json"] = _as_json(catalogue(language))
    files = {path: _file(path, content) for path, content in contents.items()}
    return Build(name_of(contents), files)


def only_named(sheet: bytes, contents: dict[str, bytes]) -> bytes:
    """The sheet of icons with those whose names are in the app's modules."""
    modules = b"".join(content for path, content in contents.items() if path.startswith(APP))
    lines = sheet.splitlines(keepends=True)
    return b"".join(
        line for line in lines if not (name := SYMBOL.match(line)) or b'"%b"' % name[1] in modules
    )


def name_of(contents: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path in sorted(contents):
        digest.update(f"{path} {len(contents[path])}\n".encode() + contents[path])
    return digest.hexdigest()[:16]


def _as_json(texts: dict[str, str]) -> bytes:
    return json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()


def _file(path: str, content: bytes) -> File:
    return File(content, gzip.compress(content, 9, mtime=0), TYPES[Path(path).suffix])
