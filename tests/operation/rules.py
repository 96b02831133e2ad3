"""Feeds Prometheus' own test of rules with what /metrics shows before and after something went wrong."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

OPERATION = Path(__file__).resolve().parents[2] / "docs" / "operation"
RULES = OPERATION / "alerts.yml"
BOARD = OPERATION / "board.json"
RUNBOOK = OPERATION / "alerts.md"
SCRAPED = {"instance": "web-1", "job": "installer-jobs"}
# In minutes: so long all is well, so long it is not, and so long all is well again.
WELL, WRONG, AGAIN = 75, 75, 75
COUNTED = ("_total", "_bucket", "_count", "_sum")


class Series(NamedTuple):
    name: str
    labels: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, name: str, labels: dict[str, str]) -> "Series":
        return cls(name, tuple(sorted((labels | SCRAPED).items())))

    def __str__(self) -> str:
        pairs = ", ".join(f"{name}={json.dumps(value)}" for name, value in self.labels)
        return f"{self.name}{{{pairs}}}"


Scrape = dict[Series, float]


def scrape_of(text: str) -> Scrape:
    """The samples. A time is how long ago it was, as it looks the same at each scrape while all is well."""
    now = time.time()
    found = {Series.of("up", {}): 1.0}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            is_time = sample.name.endswith("_timestamp_seconds")
            series = Series.of(sample.name, sample.labels)
            found[series] = now - sample.value if is_time else sample.value
    return found


def alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return group["rules"]


def minutes(duration: str) -> int:
    factor = {"m": 1, "h": 60}
    return int(duration[:-1]) * factor[duration[-1]] if duration else 0


def metrics_in(text: str) -> set[str]:
    return set(re.findall(r"installer_jobs_\w+", text))


def firing(tmp_path: Path, alert: str, well: Scrape, wrong: Scrape) -> str:
    """What promtool says of an alert that is not silent while all is well, firing while it is not, and silent again.

    It is empty if the alert is as it should be.
    """
    (rule,) = [rule for rule in alerts() if rule["alert"] == alert]
    named = metrics_in(rule["expr"]) | {"up"}
    before, after = (
        {series: value for series, value in scrape.items() if series.name in named}
        for scrape in (well, wrong)
    )
    raised = WELL + minutes(rule.get("for", "")) + 3
    moments = ((WELL - 1, 0), (raised, 1), (WELL + WRONG + AGAIN - 1, 0))
    return _said(
        tmp_path,
        [
            _test(before, after, moment, f'{{alertname="{alert}"}}', number)
            for moment, number in moments
        ],
    )


def raised(tmp_path: Path, well: Scrape) -> str:
    """What promtool says if any alert fires while all is well."""
    return _said(tmp_path, [_test(well, well, WELL - 1, "", 0)])


def _test(well: Scrape, wrong: Scrape, moment: int, which: str, number: int) -> dict[str, Any]:
    """Whether so many alerts fire at this moment, by an expression that promtool evaluates."""
    firing = f'count(count by (alertname) (ALERTS{{alertstate="firing"}} and ALERTS{which}))'
    expected = [{"labels": "{}", "value": number}] if number else []
    return {
        "interval": "1m",
        "input_series": list(_lines(well, wrong, moment)),
        "promql_expr_test": [{"expr": firing, "eval_time": f"{moment}m", "exp_samples": expected}],
    }


def _said(tmp_path: Path, tests: list[dict[str, Any]]) -> str:
    path = tmp_path / "tests.yml"
    path.write_text(
        json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests})
    )
    done = subprocess.run([promtool(), "test", "rules", path], capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-2000:]


def _lines(well: Scrape, wrong: Scrape, moment: int) -> Iterable[dict[str, str]]:
    for series in sorted(well.keys() | wrong.keys()):
        before = well.get(series)
        after = wrong.get(series, before)
        yield {"series": str(series), "values": _values(series.name, before, after, moment)}


def _values(name: str, before: float | None, after: float | None, moment: int) -> str:
    """As promtool reads them: a value and how often it comes again, one a minute."""
    if name.endswith("_timestamp_seconds"):
        # Prometheus' clock begins at 0 there.
        return _phases(_seconds_ago(before, moment), _seconds_ago(after, moment))
    if name.endswith(COUNTED):
        start = before or 0.0
        grown = (after or 0.0) - start
        steps = f"{start + grown:f}+{grown:f}x{WRONG - 1}"
        return " ".join((_held(start, WELL), steps, _held(start + grown * WRONG, AGAIN)))
    return _phases(before, after)


def _seconds_ago(ago: float | None, moment: int) -> float | None:
    return None if ago is None else moment * 60 - ago


def _phases(before: float | None, after: float | None) -> str:
    return " ".join((_held(before, WELL), _held(after, WRONG), _held(before, AGAIN)))


def _held(value: float | None, length: int) -> str:
    """A value for so many minutes; promtool counts how often it is repeated."""
    return f"_x{length}" if value is None else f"{value:f}x{length - 1}"


def promtool() -> str:
    """Of Debian's package prometheus. CI installs and demands it."""
    found = shutil.which("promtool")
    if found:
        return found
    if os.environ.get("DEMAND_PROMTOOL"):
        pytest.fail("There is no promtool, and this run demands it (DEMAND_PROMTOOL).")
    pytest.skip("There is no promtool on this machine.")
