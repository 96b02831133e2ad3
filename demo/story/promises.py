"""What the product promises about one job, checked from outside."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from demo.story.desk import ShownJob
from demo.story.phone import Phone, Refused
from demo.story.tally import Tally

if TYPE_CHECKING:
    from demo.story.work import Work

DEFINITE = {"PASSED", "FAILED", "ERROR", "CANCELLED", "VOIDED"}
# What the API may answer about a vehicle to which the caller no longer has access.
OUT_OF_REACH = {403, 404, 409}
ENDS = {"SUCCEEDED": "finished the job successfully", "FAILED": "ended the job as failed"}


class Promises:
    out_of_reach = OUT_OF_REACH

    def __init__(self, work: "Work"):
        self.work = work
        self.phone = work.phone
        self.tally = work.tally
        self.name = f"job {work.job['id']}"

    def state_is_seen(self) -> None:
        state = self.phone.get(f"vehicles/{self.work.vehicle}/state/")
        self.tally.promise(bool(state), f"{self.name}: the vehicle says nothing while the job runs")

    def lock_is(self, wanted: str, command: dict) -> None:
        """A command that is done has taken effect: the state in its answer shows it."""
        if command["status"] == "DONE":
            reported = (command["state"] or {}).get("central_lock", {}).get("value")
            self.tally.promise(
                reported == wanted,
                f"{self.name}: the lock is {reported} after it was to be {wanted}",
            )

    def job_is_called_as_its_vehicle(self) -> None:
        """In the job, in the list, and to anyone who searches for the plate; with the unit that is in the vehicle."""
        job = self.work.job
        vehicle = self.work.job["vehicle"]
        found = self.phone.get("jobs/", search=vehicle["license_plate"])["results"]
        row: dict[str, Any] = next((row for row in found if row["id"] == job["id"]), {})
        for name, known in self.work.called.items():
            self.tally.promise(
                job[name] == row.get(name) == known,
                f"{self.name}: {name} is {job[name]}, in the list {row.get(name)}, of the vehicle {known}",
            )
        self.tally.promise(
            job["unit"] is not None, f"{self.name}: shows no unit while its vehicle has one"
        )

    def no_test_is_lost(self) -> None:
        """Each requested test has ended, each once, numbered without a gap."""
        attempts = self.phone.get(f"{self.work.at}tests/", attempts="all")
        self.tally.promise(
            all(test["status"] in DEFINITE for test in attempts),
            f"{self.name}: a test has no definite end before the outcome",
        )
        found = Counter(test["kind"] for test in attempts)
        self.tally.promise(
            found == self.work.requested,
            f"{self.name}: requested {dict(self.work.requested)}, found {dict(found)}",
        )
        for kind in self.work.requested:
            numbers = [test["attempt"] for test in attempts if test["kind"] == kind]
            self.tally.promise(
                numbers == list(range(1, len(numbers) + 1)),
                f"{self.name}: attempts of {kind} are {numbers}",
            )
        for test in attempts:
            self.tally.count("tests", test["status"])

    def vehicle_is_out_of_reach(self) -> None:
        """From the first call after the end on."""
        if self.work.vehicle is None:
            return
        vehicle = f"vehicles/{self.work.vehicle}/"
        self._refused(
            "a command", lambda: self.phone.send("POST", f"{vehicle}commands/unlock-central-lock/")
        )
        self._refused("the state", lambda: self.phone.get(f"{vehicle}state/"))
        self._refused("renewing", lambda: self.phone.send("POST", f"{self.work.at}access/"))

    def _refused(self, what: str, call: Callable[[], object]) -> None:
        try:
            call()
        except Refused as refused:
            self.tally.promise(
                refused.status in self.out_of_reach,
                f"{self.name}: {what} after the end answers {refused}",
            )
        else:
            self.tally.fail(f"{self.name}: {what} after the end was answered")

    def job_is_over(self, outcome: str, body: dict) -> None:
        job = self.phone.get(self.work.at)
        for name, known in self.work.called.items():
            self.tally.promise(
                job[name] == known,
                f"{self.name}: its record says {name} {job[name]} instead of {known}",
            )
        again = self.phone.send("POST", f"{self.work.at}outcome/", body)
        again.pop("warnings")  # of the outcome alone
        self.tally.promise(again == job, f"{self.name}: the same outcome again has another answer")
        self.tally.promise(
            job["status"] == outcome, f"{self.name}: {job['status']} after {outcome}"
        )
        self.tally.promise(
            job["vehicle"] is None, f"{self.name}: still shows its vehicle to the partner"
        )
        self.tally.promise(
            not (job["access"] and job["access"]["open"]),
            f"{self.name}: its access is open after the end",
        )
        self._refused(
            "another outcome",
            lambda: self.phone.send(
                "POST", f"{self.work.at}outcome/", {"outcome": "FAILED", "comment": "Otherwise."}
            ),
        )


def check_job_page(phone: Phone, row: dict, shown: ShownJob, tally: Tally) -> None:
    """What FleetControl shows of a finished job is what happened: nothing lost, nothing twice, nothing open."""
    name = f"job {row['id']} in FleetControl"
    history = " | ".join(shown.history)
    tally.promise(
        row["status"].lower() in shown.status.lower(),
        f"{name}: {shown.status}, not {row['status']}",
    )
    tally.promise(
        history.count(ENDS[row["status"]]) == 1,
        f"{name}: its end stands there {history.count(ENDS[row['status']])} times",
    )
    tally.promise(
        history.count("took the job") == 1, f"{name}: taken {history.count('took the job')} times"
    )
    tally.promise(
        shown.accesses == shown.ended,
        f"{name}: {shown.accesses - shown.ended} accesses are still open",
    )
    attempts = len(phone.get(f"jobs/{row['id']}/tests/", attempts="all"))
    tally.promise(
        shown.attempts == attempts,
        f"{name}: {shown.attempts} attempts at tests, the installer's phone has {attempts}",
    )
    tally.count("accesses", "opened", shown.accesses)
    tally.count("accesses", "closed", shown.ended)
    for command in shown.commands:
        tally.count(
            "commands of installers and tests",
            command.split(" ")[-1] if not command else _status_of(command),
        )


def _status_of(line: str) -> str:
    return next(
        (
            word
            for word in ("Done", "Failed", "Expired", "Refused", "Sent", "Queued")
            if word in line
        ),
        "?",
    )
