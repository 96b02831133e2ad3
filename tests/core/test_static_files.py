"""Static files of two releases in one directory, as while one replaces the other."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from core.web.static_files import StaticFiles

pytestmark = pytest.mark.once
NAME = "css/page.css"


@pytest.fixture
def root(tmp_path) -> Path:
    return tmp_path / "static"


@pytest.fixture
def installed(tmp_path, root, settings):
    """A release with this style, whose files are collected into the directory."""

    def install(name: str, style: str) -> Path:
        place = tmp_path / name
        (place / "css").mkdir(parents=True)
        (place / NAME).write_text(style)
        settings.STATICFILES_DIRS = [place]
        storage = StaticFiles(location=root, base_url="/static/")
        storage.delete(NAME)
        storage.save(NAME, ContentFile(style))
        assert list(storage.post_process({NAME: (storage, NAME)}))
        return place

    return install


def test_a_release_that_starts_again_keeps_its_own_files(installed, root, settings):
    old = installed("old", "body { color: black }")
    new = installed("new", "body { color: navy }")
    urls = {}
    for place in (old, new):
        settings.STATICFILES_DIRS = [place]
        urls[place] = StaticFiles(location=root, base_url="/static/").url(NAME)

    assert urls[old] != urls[new]
    for place, url in urls.items():
        stored = root / url.removeprefix("/static/")
        assert stored.read_text() == (place / NAME).read_text()
