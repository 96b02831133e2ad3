"""Tests of the unit: asked for, watched, confirmed, repeated."""

import pytest

from tests.cast.work import run_tests


def told(response):
    return response.status_code, response.json()["code"]


def statuses(response):
    return {test["kind"]: test["status"] for test in response.json()}


@pytest.fixture
def asked(configured_job, installer_phone):
    """The lock test waits for the person at the car."""
    assert (
        installer_phone.post(
            f"jobs/{configured_job.pk}/tests/", {"kinds": ["CENTRAL_LOCK"]}
        ).status_code
        == 202
    )
    test = configured_job.tests.get()
    test.run()
    test.refresh_from_db()
    assert test.prompt
    return test


def confirm(phone, test, kind="CENTRAL_LOCK", **body):
    return phone.post(f"jobs/{test.job_id}/tests/{kind}/confirmation/", body)


def test_without_a_choice_all_required_ones_are_queued(configured_job, installer_phone):
    answer = installer_phone.post(f"jobs/{configured_job.pk}/tests/", {})
    assert answer.status_code == 202
    assert statuses(answer) == dict.fromkeys(configured_job.proof.required_tests(), "QUEUED")
    assert all(test["required"] for test in answer.json())
    assert answer.json() == installer_phone.get(f"jobs/{configured_job.pk}/tests/").json()


def test_a_test_that_waits_or_runs_already_is_left_as_it_is(configured_job, installer_phone):
    for _ in range(2):
        answer = installer_phone.post(f"jobs/{configured_job.pk}/tests/", {"kinds": ["GNSS"]})
    tried = [test for test in answer.json() if test["status"] != "NOT_RUN"]
    assert [(test["kind"], test["attempt"]) for test in tried] == [("GNSS", 1)]


def test_the_list_has_every_required_kind_before_its_first_attempt(configured_job, installer_phone):
    required = configured_job.proof.required_tests()
    url = f"jobs/{configured_job.pk}/tests/"
    listed = installer_phone.get(url).json()
    assert [test["kind"] for test in listed] == required
    assert {(test["status"], test["attempt"], test["required"]) for test in listed} == {
        ("NOT_RUN", 0, True)
    }
    assert installer_phone.get(f"jobs/{configured_job.pk}/").json()["tests"] == listed
    assert installer_phone.get(f"{url}?attempts=all").json() == []

    configured_job.request_tests(by=configured_job.assignee, kinds=["IGNITION", "KEY_FOB"])
    statuses_now = statuses(installer_phone.get(url))
    assert (statuses_now["IGNITION"], statuses_now["KEY_FOB"]) == ("QUEUED", "QUEUED")
    assert statuses_now["CONNECTIVITY"] == "NOT_RUN"
    assert installer_phone.get(f"jobs/{configured_job.pk}/").json()["tests"] == (
        installer_phone.get(url).json()
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [({"kinds": []}, "kinds"), ({"kinds": ["WHEELS", "GNSS"]}, "kinds.0"), ({"kinds": "GNSS"},
    "kinds"), ({"kinds": [1]}, "kinds.0"),
     ({"kinds": None}, "kinds"), ({"kind": "GNSS"}, "kind")],
)  # fmt: skip
def test_only_kinds_that_there_are(body, field, configured_job, installer_phone):
    refused = installer_phone.post(f"jobs/{configured_job.pk}/tests/", body)
    assert (told(refused), list(refused.json()["errors"])) == ((400, "invalid"), [field])


def test_nothing_to_test_without_a_unit(running_job, installer_phone):
    assert told(installer_phone.post(f"jobs/{running_job.pk}/tests/", {})) == (409, "no_unit")


def test_not_before_the_unit_is_configured(linked_job, installer_phone):
    assert told(installer_phone.post(f"jobs/{linked_job.pk}/tests/", {})) == (409, "not_configured")


def test_not_while_the_manager_has_stopped_the_access(configured_job, manager, installer_phone):
    configured_job.stop_access(by=manager)
    assert told(installer_phone.post(f"jobs/{configured_job.pk}/tests/", {})) == (
        409,
        "access_stopped",
    )


def test_a_prompt_states_the_good_result_and_yes_goes_on(asked, installer_phone):
    tests = installer_phone.get(f"jobs/{asked.job_id}/tests/").json()
    waiting = next(test for test in tests if test["kind"] == "CENTRAL_LOCK")
    assert (waiting["status"], waiting["prompt"]["id"]) == (
        "AWAITING_CONFIRMATION",
        asked.prompt_id,
    )
    assert waiting["prompt"]["text"].endswith(".")
    answer = confirm(installer_phone, asked, prompt=waiting["prompt"]["id"], observed=True)
    assert (answer.status_code, answer.json()["status"], answer.json()["prompt"]) == (
        200,
        "RUNNING",
        None,
    )


def test_the_only_open_prompt_need_not_be_named(asked, installer_phone):
    assert confirm(installer_phone, asked, observed=True).status_code == 200


def test_no_fails_the_test(asked, installer_phone):
    assert confirm(installer_phone, asked, observed=False).json()["status"] == "FAILED"


def test_a_prompt_is_answered_once(asked, installer_phone):
    prompt = asked.prompt_id
    confirm(installer_phone, asked, prompt=prompt, observed=True)
    assert told(confirm(installer_phone, asked, prompt=prompt, observed=False)) == (
        409,
        "no_prompt",
    )


@pytest.mark.parametrize("kind", ["GNSS", "CENTRAL_LOCK"])
def test_what_does_not_ask_is_not_answered(kind, configured_job, installer_phone):
    configured_job.request_tests(by=configured_job.assignee, kinds=["CENTRAL_LOCK"])
    assert told(confirm(installer_phone, configured_job.tests.get(), kind=kind, observed=True)) == (
        409,
        "no_prompt",
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"observed": "true"},
        {"observed": 1},
        {"observed": None},
        {"observed": True, "prompt": 1},
    ],
)
def test_seen_is_true_or_false(body, asked, installer_phone):
    assert told(confirm(installer_phone, asked, **body)) == (400, "invalid")


@pytest.mark.parametrize("kind", ["WHEELS", "gnss"])
def test_a_kind_that_there_is_not_is_not_found(kind, asked, installer_phone):
    assert told(confirm(installer_phone, asked, kind=kind, observed=True)) == (404, "not_found")


def test_every_attempt_is_kept_and_the_latest_counts(configured_job, installer_phone):
    for _ in range(2):
        configured_job.request_tests(by=configured_job.assignee, kinds=["SUPPLY_VOLTAGE"])
        run_tests(configured_job)
    url = f"jobs/{configured_job.pk}/tests/"
    latest = {test["kind"]: test["attempt"] for test in installer_phone.get(url).json()}
    assert latest["SUPPLY_VOLTAGE"] == 2
    attempts = installer_phone.get(f"{url}?attempts=all").json()
    assert [test["attempt"] for test in attempts] == [1, 2]
    evidence = attempts[-1]["evidence"][0]
    assert set(evidence) == {"signal", "value", "unit", "min", "max", "threshold", "ok", "at"}
    assert (attempts[-1]["status"], evidence["signal"]) == ("PASSED", "board_voltage")
    assert installer_phone.get(f"{url}?attempts=some").status_code == 400
