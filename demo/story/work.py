"""One job in one installer's hands: the unit is built in and proven, and the job ends one way or the other."""

import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from demo.story.line import wait_for
from demo.story.phone import Refused
from demo.story.promises import Promises

if TYPE_CHECKING:
    from demo.story.garage import Garage

OVER = ("PASSED", "FAILED", "ERROR", "CANCELLED", "VOIDED")
# A test that fails as often as this is left failed.
ATTEMPTS = 3
# Every so manyth job meets a car that is not there; of those whose unit stays broken every so manyth gets another unit.
ABSENT = 17
EXCHANGED = 3
# What a car is after these, where its lock can be commanded; it is left locked.
LOCKING = {"unlock-central-lock": "unlocked", "lock-central-lock": "locked"}


class Work:
    counted = "jobs"

    def __init__(self, garage: "Garage", job: dict):
        self.garage = garage
        self.phone = garage.phone
        self.tally = garage.tally
        self.plot = garage.plot
        self.shelf = garage.shelf
        self.job = job
        self.at = f"jobs/{job['id']}/"
        self.number = self.shelf.number()
        self.vehicle: str | None = None
        self.called: dict[str, str] = {}  # as the vehicle was known before the job
        self.requested: Counter[str] = Counter()  # how often each test was requested

    def do(self) -> None:
        if self.number % ABSENT == ABSENT - 1:
            return self.end(
                "FAILED", comment="The car is not in the yard.", reason="VEHICLE_ABSENT"
            )
        return self.work()

    def work(self) -> None:
        if not self.build_in(self.shelf.units.popleft()):
            self.tally.count("units exchanged", "not configurable")
            self.build_in(self.shelf.spares.popleft())
        failed = self.prove()
        if failed and self.number % EXCHANGED == 0:
            self.tally.count("units exchanged", "test failed")
            self.build_in(self.shelf.spares.popleft())
            failed = self.prove()
        self.finish(failed)

    def finish(self, failed: list[str]) -> None:
        if failed:
            return self.end(
                "FAILED",
                comment=f"Failed again and again: {', '.join(failed)}.",
                reason="TEST_FAILED",
            )
        self.drive()
        return self.end("SUCCEEDED", comment="All fine." if self.number % 2 else "")

    # --- unit, fields, configuration --------------------------------------------------------------
    def build_in(self, qnr: str) -> bool:
        """Link the unit, fill in what is open, wait until it is configured; False when that does not come about."""
        with self.tally.timed("unit, fields, configuration"):
            units = self.units_to_link(qnr)
            self.job = self.phone.send("PUT", f"{self.at}unit/", units)
            self.vehicle = self.job["vehicle"]["vehicle_id"]
            self.fill_in()
            for _attempt in range(ATTEMPTS):
                if self.configured():
                    return True
                self.job = self.phone.send("PUT", f"{self.at}unit/", units)
            return False

    def units_to_link(self, qnr: str) -> dict[str, str]:
        return {"qnr": qnr}

    def fill_in(self) -> None:
        open_ones = {
            field["name"]
            for field in self.job["fields"]
            if not field["locked"] and field["value"] is None
        }
        values = {
            name: value
            for name, value in self.seen_at_the_car(open_ones).items()
            if name in open_ones
        }
        if values:
            version = {"If-Match": f'"{self.job["version"]}"'}
            self.job = self.phone.send("PATCH", f"{self.at}fields/", values, **version)

    def seen_at_the_car(self, open_ones: set[str]) -> dict[str, Any]:
        """Plate and VIN always; the model where the manager left it open; a feature that the model supports."""
        known = next(
            field["value"] for field in self.job["fields"] if field["name"] == "vehicle_model_id"
        )
        model = self.garage.models[
            known or sorted(self.garage.models)[self.number % len(self.garage.models)]
        ]
        values = {
            "license_plate": f"S {self.plot.run[:4].upper()} {self.number}",
            "vehicle_model_id": model["id"],
        }
        values["vin"] = f"WST{self.plot.run.upper()}{self.number:06d}"
        if self.number % 2 and model["features"]:
            values[model["features"][self.number % len(model["features"])]] = True
        if model["installation_variants"]:
            values["installation_variant"] = model["installation_variants"][0]
        return values

    def configured(self) -> bool:
        def settled() -> dict | None:
            self.job = self.phone.get(self.at)
            setup = self.job["configuration"]
            if setup and setup["status"] != "PENDING":
                return setup
            return None

        setup = wait_for(settled, f"the configuration of job {self.job['id']}")
        self.tally.count("configurations", setup["status"])
        return setup["status"] == "APPLIED"

    # --- tests ------------------------------------------------------------------------------------
    def prove(self) -> list[str]:
        """Run what is required, repeat what failed; the tests that failed each time."""
        setup = self.job["configuration"]
        if setup and setup["status"] != "APPLIED":
            return list(self.job["required_tests"])
        with self.tally.timed("tests of a job"):
            wanted: list[str] = self.job["required_tests"]
            for attempt in range(1, ATTEMPTS + 1):
                self.phone.send(
                    "POST", f"{self.at}tests/", {} if attempt == 1 else {"kinds": wanted}
                )
                self.requested.update(wanted)
                done = self.until_over(first=attempt == 1)
                wanted = [kind for kind in self.job["required_tests"] if done.get(kind) != "PASSED"]
                if not wanted:
                    break
        return wanted

    def until_over(self, *, first: bool) -> dict[str, str]:
        """Watch the tests and answer their prompts; kind → how it ended."""

        def over() -> dict[str, str] | None:
            tests = self.phone.get(f"{self.at}tests/")
            for test in tests:
                if test["prompt"]:
                    self.answer(test, first=first)
            if all(test["status"] in OVER for test in tests):
                return {test["kind"]: test["status"] for test in tests}
            return None

        # Twelve tests, of which some wait minutes for a fix or a person; a broker may hang meanwhile.
        return wait_for(over, f"the tests of job {self.job['id']}", patience=1800, longest=0.7)

    def answer(self, test: dict, *, first: bool) -> None:
        """As it should be; now and then a person sees that it is not, and repeats."""
        observed = not (first and self.number % 11 == 3 and test["kind"] == "CENTRAL_LOCK")
        try:
            self.phone.send(
                "POST",
                f"{self.at}tests/{test['kind']}/confirmation/",
                {"prompt": test["prompt"]["id"], "observed": observed},
            )
            self.tally.count(
                "questions answered", "as it should be" if observed else "not as it should be"
            )
        except Refused as refused:
            if refused.code != "no_prompt":  # its time was over in this very moment
                raise

    # --- the car ----------------------------------------------------------------------------------
    def drive(self) -> None:
        """Find the car, open and close it, read its state."""
        promises = Promises(self)
        self.command("draw-attention")
        if "central_lock" in self.garage.models[self.job["vehicle_model"]["id"]]["capabilities"]:
            for name, wanted in LOCKING.items():
                promises.lock_is(wanted, self.command(name))
        self.command("request-vehicle-state")
        promises.state_is_seen()

    def command(self, name: str) -> dict:
        sent = self.phone.send("POST", f"vehicles/{self.vehicle}/commands/{name}/")
        done = wait_for(partial(self.settled, sent["id"]), f"command {sent['id']}")
        self.tally.count("commands of installers", f"{name} {done['status']}")
        return done

    def settled(self, command: str) -> dict | None:
        found = self.phone.get(f"vehicles/{self.vehicle}/commands/{command}/")
        if found["status"] not in ("QUEUED", "SENT"):
            return found
        return None

    # --- the end ----------------------------------------------------------------------------------
    def end(self, outcome: str, **result: str) -> None:
        promises = Promises(self)
        promises.no_test_is_lost()
        with self.tally.timed("outcome"):
            body = {"outcome": outcome, **{name: value for name, value in result.items() if value}}
            self.job = self.phone.send_when_free("POST", f"{self.at}outcome/", body)
        began = time.monotonic()
        promises.vehicle_is_out_of_reach()
        promises.job_is_over(outcome, body)
        self.tally.seconds.setdefault("checks after the end", []).append(time.monotonic() - began)
        self.tally.count(self.counted, outcome)
