"""The phone's app as the server sends it: one build, its service worker, its manifest and its texts."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from installers.smartcontrol import build
from installers.smartcontrol.texts import TEXTS, catalogue

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "static/smartcontrol"
MODULES = sorted(APP.rglob("*.js"))
# Keys that are put together: `t(`list.${name}`)`.
PUT_TOGETHER = re.compile(r"\bt\(\s*`([\w.]+)\.\$\{")
KEY = re.compile(r"""["`]([a-z][A-Za-z]*(?:\.[A-Za-z_]+)*)["`]""")


@pytest.fixture
def shell(client, db) -> str:
    return client.get("/smartcontrol/").content.decode()


def test_the_shell_has_no_data_and_no_token(client, installer, assigned_job):
    strangers = client.get("/smartcontrol/").content
    client.force_login(installer)
    assert client.get("/smartcontrol/").content == strangers
    assert b"csrf" not in strangers.lower()


def test_everything_that_the_shell_names_is_there(client, shell):
    for url in re.findall(r'(?:href|src)="(/smartcontrol/[^"]+)"', shell):
        assert client.get(url).status_code == 200, url


def test_the_app_runs_no_script_in_place_and_evaluates_none(client, db):
    policy = client.get("/smartcontrol/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_a_file_of_the_build_is_kept_for_ever_and_is_the_same_for_everybody(client, installer):
    url = build.current().url(build.MAIN)
    client.force_login(installer)
    answer = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert not answer.cookies
    assert gzip.decompress(answer.content) == (APP / "main.js").read_bytes()
    assert client.get(url).content == (APP / "main.js").read_bytes()


def test_a_file_of_another_build_is_not_sent_as_if_it_were_of_this_one(client, db):
    assert client.get("/smartcontrol/0123456789abcdef/smartcontrol/main.js").status_code == 404


def test_the_build_has_another_name_when_a_file_changes():
    before = build.current()
    changed = {**before.contents, build.MAIN: b"// changed"}
    assert build.name_of(changed) != before.name
    assert build.name_of(before.contents) == before.name


def test_the_service_worker_stores_the_whole_build_with_the_decoder(client, db):
    answer = client.get("/smartcontrol/sw.js")
    about = json.loads(re.search(r"self\.build = (\{.*\});", answer.content.decode())[1])
    assert answer.headers["Cache-Control"] == "no-cache"
    assert about["name"] == build.current().name
    assert build.current().url("vendor/qr/decode.js") in about["files"]
    assert all(client.get(url).status_code == 200 for url in about["files"])


def test_the_manifest_keeps_signing_in_inside_the_app(client, db):
    manifest = client.get("/smartcontrol/manifest.webmanifest").json()
    assert (manifest["id"], manifest["start_url"], manifest["scope"]) == (
        "/smartcontrol/",
        "/smartcontrol/",
        "/",
    )


def test_a_first_visit_transfers_at_most_150_kb():
    now = build.current()
    first = [file for path, file in now.files.items() if build.is_first(path)]
    assert sum(len(file.compressed) for file in first) < 150_000


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_every_module_that_is_imported_is_in_the_build(module):
    files = build.current().files
    for name in re.findall(r'^(?:import|export)[^"]*from "([^"]+)";$', module.read_text(), re.M):
        path = (module.parent / name).resolve().relative_to(ROOT / "static").as_posix()
        assert path in files, name


def named_in_the_app() -> tuple[set[str], set[str]]:
    script = "\n".join(module.read_text() for module in MODULES)
    return set(KEY.findall(script)), set(PUT_TOGETHER.findall(script))


def test_the_app_names_every_text_and_no_other():
    names, beginnings = named_in_the_app()
    plain = {key.removesuffix(".one").removesuffix(".other") for key in TEXTS}
    by_words = {key for key in TEXTS if key.startswith(("missing.",))}
    unused = {
        key
        for key in plain - names - by_words
        if not any(key.startswith(f"{beginning}.") for beginning in beginnings)
    }
    assert unused == set()


def test_every_text_that_the_app_asks_for_is_in_the_catalogue():
    script = "\n".join(module.read_text() for module in MODULES)
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', script))
    plural = set(re.findall(r'\bplural\(\s*"([^"]+)"', script))
    assert asked - set(TEXTS) == set()
    assert {f"{key}.{n}" for key in plural for n in ("one", "other")} - set(TEXTS) == set()


def test_each_language_has_the_same_texts_with_the_same_places():
    english, german = catalogue("en"), catalogue("de")
    assert english.keys() == german.keys()
    places = re.compile(r"\{\w+\}")
    assert {
        key
        for key in TEXTS
        if set(places.findall(english[key])) != set(places.findall(german[key]))
    } == set()


@pytest.mark.parametrize("module", ["queue", "platform", "job", "server_time"])
def test_a_module_of_the_app_keeps_what_it_promises(module):
    """Its own tests, in Node: tests/smartcontrol/."""
    node = Path(sys.executable).with_name("node")
    done = subprocess.run(
        [node, "--test", f"tests/smartcontrol/{module}.test.js"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout


def test_a_worker_and_the_page_have_their_policy_and_other_files_do_without(client):
    files = {url: client.get(url).headers for url in build.current().urls}
    policed = {url for url, headers in files.items() if "Content-Security-Policy" in headers}
    assert {url.rpartition("/")[2] for url in policed} == {
        "icons.svg",
        "picture_worker.js",
        "scanner_worker.js",
        "service_worker.js",
    }
    assert all(headers["X-Content-Type-Options"] == "nosniff" for headers in files.values())


def test_the_sheet_of_icons_has_those_that_the_app_names():
    files = build.current().contents
    modules = b"".join(
        content for path, content in files.items() if path.startswith("smartcontrol")
    )
    every = set(re.findall(rb'<symbol id="([a-z0-9-]+)"', (ROOT / "static/icons.svg").read_bytes()))
    kept = set(re.findall(rb'<symbol id="([a-z0-9-]+)"', files["icons.svg"]))
    assert kept == {name for name in every if b'"%b"' % name in modules} < every
    assert set(re.findall(rb'Icon} name="([a-z0-9-]+)"', modules)) <= kept
    ElementTree.fromstring(files["icons.svg"])
