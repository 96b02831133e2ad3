"""Each alert is caused and cleared, and Prometheus' own promtool judges when it fires."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from tests.drill.report import Failed, Report, Step
from tests.operation.programs import path_of
from tests.product import HOME

TITLE = "Each alert is caused and cleared"
TESTS = "tests/operation/test_alerts.py"
CAUSES = "raises_its_alert"


def run(report: Report) -> None:
    if path_of("promtool") is None:
        raise Failed("There is no promtool (Debian: apt install prometheus).")
    with report.step("the tests of alerts") as step, tempfile.TemporaryDirectory() as place:
        result = Path(place) / "result.xml"
        variables = os.environ | {"DEMAND_PROMTOOL": "1"}
        variables.pop("DJANGO_SETTINGS_MODULE", None)  # the tests have settings of their own
        options = ("-q", "-p", "no:cacheprovider", f"--junitxml={result}")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", TESTS, *options],
            cwd=HOME,
            env=variables,
            capture_output=True,
            text=True,
        )
        cases = list(ElementTree.parse(result).iter("testcase"))
        step.result = f"{len(cases)} tests"
    report.parts[-1].steps += [step_of(case) for case in cases if CAUSES in case.attrib["name"]]
    if done.returncode:
        raise Failed(done.stdout[-2000:])


def step_of(case: ElementTree.Element) -> Step:
    name = case.attrib["name"]
    alert, _dash, cause = name.partition("[")[2].rstrip("]").partition("-")
    text = f"`{alert or 'WebDown'}` by {cause.replace('_', ' ') or 'a web that does not answer'}"
    failed = case.find("failure") is not None or case.find("error") is not None
    skipped = case.find("skipped") is not None
    result = "FAILED" if failed else "skipped" if skipped else "silent, fires, silent again"
    return Step(text, float(case.attrib["time"]), result)
