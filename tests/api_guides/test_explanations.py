"""Each code of a problem has a page with its cause and remedy, in English and German."""

import json
import re
from html import unescape

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.html import strip_tags

from core.refusals import CATALOGUE, MEMBERS
from core.web.api.explanations import explanations
from core.web.api.guides import FOLDER

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_cause_and_remedy_and_no_other_has(language):
    assert set(explanations(language)) == set(CATALOGUE)
    for code, (cause, remedy) in explanations(language).items():
        assert cause.strip().endswith("."), code
        assert remedy.strip().endswith("."), code
        assert cause != remedy


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_remedy_says_more_than_the_title(language):
    with translation.override(language):
        titles = {code: words_of(refusal.sentence) for code, refusal in CATALOGUE.items()}
    for code, (cause, remedy) in explanations(language).items():
        assert len(words_of(remedy) - titles[code]) >= 5, code
        assert len(words_of(cause) - titles[code]) >= 5, code


def words_of(text) -> set[str]:
    return set(re.findall(r"\w+", strip_tags(str(text)).lower()))


def test_each_language_has_a_file_with_the_codes_in_the_same_order():
    orders = [
        re.findall(r"^## (\w+)$", path.read_text(), re.M) for path in FOLDER.glob("problems*")
    ]
    assert len(orders) == len(LANGUAGES)
    assert all(order == orders[0] for order in orders)


def test_each_page_has_the_title_the_status_both_texts_and_an_example(client, db):
    for code, refusal in CATALOGUE.items():
        page = unescape(client.get(f"/problems/{code}").content.decode())
        assert str(refusal.sentence) in page
        assert all(unescape(str(text)) in page for text in explanations("en")[code])
        answer = json.loads(re.search(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)[1])
        assert (answer["type"], answer["status"]) == (f"/problems/{code}", refusal.status)


def test_an_example_has_the_members_of_its_code(client, db):
    page = unescape(client.get("/problems/vin_differs").content.decode())
    assert '"read_vin": "WVWZZZ1KZAW000999"' in page
    assert all("example" in about for about in MEMBERS.values())


def test_the_page_of_a_problem_is_in_the_readers_language(client, db):
    page = client.get("/problems/stale", headers={"Accept-Language": "de"}).content.decode()
    assert str(explanations("de")["stale"].remedy) in page


def test_the_page_that_the_type_of_an_answer_names_exists(client, db):
    answer = client.get("/api/oneapi/v1/vehicles")
    assert answer.status_code == 401
    assert client.get(answer.json()["type"]).status_code == 200
