"""How the story reads: forms as a browser would send them, mails as their receivers find them, and
what it makes of a bad end.
"""

from email.message import EmailMessage

import pytest

from demo.story.mailbox import Mailbox
from demo.story.page import Page
from demo.story.plot import MENDABLE, PERSISTENT, SPARE, Plot
from demo.story.progress import table
from demo.story.tally import Tally

HTML = """
<form method="post" action="../save/?a=1" class="confirm x">
  <input type="hidden" name="csrfmiddlewaretoken" value="token"><input name="vin" value="W 1">
  <input name="off" value="1" disabled>
  <input type="checkbox" name="ticked" checked><input type="checkbox" name="not" value="1">
  <textarea name="notes">
one &amp; two</textarea>
  <select name="model"><option value="">–<option value="a">Audi<option value="z" selected>Zoe</select>
  <select name="tests" multiple>
  <option value="GNSS" selected>GNSS</option><option value="ENERGY" selected>E</option></select>
  <button name="save" value="1">Save</button>
</form>
<ul class="errorlist"><li>That is <b>wrong</b>.</li></ul><a href="/next/">Go   on</a>
"""


@pytest.fixture
def shown() -> Page:
    return Page(HTML, "http://here.example/jobs/new/")


def test_a_form_sends_what_a_browser_would(shown):
    form = shown.form("vin")
    assert (form.method, form.action) == ("post", "http://here.example/jobs/save/?a=1")
    assert form.filled({}) == [
        ("csrfmiddlewaretoken", "token"),
        ("vin", "W 1"),
        ("ticked", "on"),
        ("notes", "one & two"),
        ("model", "z"),
        ("tests", "GNSS"),
        ("tests", "ENERGY"),
    ]


def test_what_is_typed_takes_the_place_of_what_stood_there(shown):
    sent = shown.form("vin").filled({"vin": "X", "tests": ["GNSS"], "ticked": None, "model": "a"})
    assert sent == [
        ("csrfmiddlewaretoken", "token"),
        ("notes", "one & two"),
        ("vin", "X"),
        ("tests", "GNSS"),
        ("model", "a"),
    ]


def test_choices_links_questions_and_complaints_are_found(shown):
    assert shown.form("model").options("model") == {"a": "Audi", "z": "Zoe"}
    assert shown.link("Go on") == "http://here.example/next/"
    assert shown.link("Go back") is None
    assert shown.question.names >= {"vin", "notes"}
    assert shown.form("nothing") is None
    assert shown.complaints == "That is wrong ."


def test_the_newest_invitation_to_an_address_counts(tmp_path):
    for name, to, link in (
        ("01", "a@x.example", "old"),
        ("02", "a@x.example", "new"),
        ("03", "ba@x.example", "other"),
    ):
        mail = EmailMessage()
        mail["To"] = to
        mail.set_content(f"Join:\nhttp://here.example/invitations/{link}/\nBye")
        (tmp_path / f"{name}.eml").write_bytes(mail.as_bytes())
    assert Mailbox(tmp_path).invitation("a@x.example") == "http://here.example/invitations/new/"


def test_no_two_runs_share_anybody_or_anything(tmp_path):
    one, two = (
        Plot("http://here.example", 10, 2, "o@x.example", "p", tmp_path) for _run in range(2)
    )
    assert not {*one.units, *one.spares, *one.crew, one.manager, one.partner} & {
        *two.units,
        *two.spares,
        *two.crew,
        two.manager,
    }
    assert len({*one.units, *one.spares}) == 10 + SPARE
    assert all(len(qnr) == 16 for qnr in one.units)


def test_among_ten_units_some_mend_one_stays_broken_and_the_spares_are_sound(tmp_path):
    plot = Plot("http://here.example", 10, 2, "o@x.example", "p", tmp_path)
    faults = [plot.fault(number) for number in range(10 + SPARE)]
    assert [bool(fault) for fault, _persistence in faults].count(True) == 4
    assert [persistence for fault, persistence in faults if fault].count(PERSISTENT) == 1
    assert faults[10:] == [("", MENDABLE)] * SPARE


def test_a_broken_promise_stands_in_the_table():
    tally = Tally()
    tally.promise(True, "kept")
    tally.promise(False, "the vehicle answered")
    with tally.timed("a step"):
        pass
    told = "\n".join(table(tally))
    assert tally.broken == ["the vehicle answered"]
    assert "broken" in told
    assert "a step" in told
