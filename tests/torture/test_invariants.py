"""Every invariant can fail: in a world where all of them hold, one statement breaks it, and it says so."""

import hashlib
import random
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts.models import OperatorAction, Partnership
from core.models import Mail
from core.outbox.numbering import number_all
from jobs.models import BulkRun, JobImport, JobPhoto, Notification
from telematics.models import Command, Key
from tests.cast.work import run_to_the_end
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.factories.telematics import UnitFactory
from tests.torture.by_machine import ToldMachine, follow, work_as_machine, work_at_desk
from tests.torture.invariants import INVARIANTS, broken, prepare
from tests.torture.people import gist, name_of
from tests.torture.players.installers import picture
from tests.torture.world import follow as follow_everything


class Told:
    """What a person did by the API, as the torture writes it down."""

    def __init__(self, person, api):
        self.person, self.api, self.lines = person, api, []

    def act(self, method, path, body=None):
        key = f"key-{len(self.lines)}"
        job = path.split("/")[1] if path.startswith("jobs/") else None
        act = name_of(method, path, body)
        about = {"who": self.person.email, "act": act, "path": path, "key": key, "body": body}
        about["job"] = job
        send = getattr(self.api, method.lower())
        answer = send(
            f"/api/smartcontrol/v1/{path}",
            body or {},
            format="json",
            headers={"Idempotency-Key": key},
        )
        assert answer.status_code < 300, answer.content
        self.lines.append({"what": "sent", **about})
        self.lines.append({"what": "kept", **about, "answer": gist(answer.json())})
        return answer.json()

    def photo(self, job):
        path, key = f"jobs/{job.pk}/photos/", f"key-{len(self.lines)}"
        jpeg = picture(random.Random(7))
        answer = self.api.post(
            f"/api/smartcontrol/v1/{path}",
            {"kind": "MOUNTING", "file": SimpleUploadedFile("photo.jpg", jpeg, "image/jpeg")},
            format="multipart",
            headers={"Idempotency-Key": key},
        )
        assert answer.status_code == 201, answer.content
        about = {"who": self.person.email, "act": "add_photo", "path": path, "key": key}
        about |= {"job": job.pk, "body": {"sha256": hashlib.sha256(jpeg).hexdigest()}}
        self.lines.append({"what": "kept", **about, "answer": gist(answer.json())})


@pytest.fixture
def told(
    request,
    fleet,
    partnership,
    manager,
    fleet_admin,
    operator,
    vehicle_model,
    installer,
    installer_api,
):
    """A world with one job in each place, and the ledger of `installer`."""
    follow_everything(fleet)
    colleague = request.getfixturevalue("colleague")
    company, began = partnership.company, timezone.now().isoformat()

    def job(**more):
        return JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model, **more)

    def assigned(**more):
        written = job(**more)
        written.assign(company, by=manager)
        return written

    def begun(by):
        taken = assigned(vin=f"WST00000000{next(numbers):06d}")
        taken.take(by=by)
        taken.link_unit(UnitFactory(fleet=fleet).pk, by=by)
        taken.proof.latest_configuration.push()
        work_off()
        return taken

    numbers = iter(range(1, 99))
    succeeded = begun(colleague)
    succeeded.request_tests(by=colleague)
    while waiting := succeeded.tests.filter(status="QUEUED").order_by("id").first():
        run_to_the_end(waiting)
    succeeded.succeed(by=colleague)
    failed = begun(colleague)
    failed.request_tests(by=colleague, kinds=["CENTRAL_LOCK"])
    failed.tests.get().run()  # until somebody has to look: the car is open, and is put back
    failed.fail(by=colleague, comment="It does not fit.")
    work_off()
    asked_back = assigned()
    asked_back.request_handback(by=manager, reason="Please.")
    assigned()
    job()
    job().delete_by(by=manager)
    again = job()
    chosen = type(again).objects.filter(pk=again.pk)
    BulkRun.objects.begin("DELETE", chosen, fleet=fleet, by=manager, total=1).go()
    content = b"custom_name\nA\nB\n"
    JobImport.objects.preview(manager, fleet=fleet, name="a.csv", content=content).confirm(
        by=manager
    )
    JobTemplateFactory(fleet=fleet)
    Partnership.invite(fleet=fleet, email="another@company.example", by=manager)
    OperatorAction.objects.record(
        by=operator, what="SUSPEND", subject="Somebody", tenants=[{"company": company}], reason="R"
    )
    told = Told(installer, installer_api)
    running = assigned(vin="WST00000000009999")
    told.act("POST", f"jobs/{running.pk}/assignment/")
    unit = UnitFactory(fleet=fleet).pk
    told.act("PUT", f"jobs/{running.pk}/unit/", {"qnr": unit})
    running.refresh_from_db()
    running.proof.latest_configuration.push()
    work_off()
    sent = running.access.current().command("draw-attention", by=installer)
    work_off()
    told.lines.append(
        {"what": "kept", "who": installer.email, "act": "command", "key": told.lines[0]["key"],
         "answer": {"id": sent.pk, "name": "draw-attention"}}
    )  # fmt: skip
    machine = ToldMachine(fleet, told.lines)
    work_as_machine(machine, running.vehicle, work_off)
    work_at_desk(running.vehicle, manager, company, work_off)
    told.act("POST", f"jobs/{running.pk}/tests/", {"kinds": ["CENTRAL_LOCK"]})
    running.tests.get().run()
    work_off()
    told.photo(running)
    made = {"act": "create_many", "who": manager.email, "writes": manager_wrote(manager)}
    told.lines += [{"what": what, **made} for what in ("sent", "kept")]
    told.lines.append({"what": "kept", "act": "suspend", "who": operator.email})
    told.lines.append(
        {"what": "kept", "act": "succeed", "who": colleague.email, "job": succeeded.pk}
    )
    follow(machine, began)
    return told


def manager_wrote(manager) -> int:
    from jobs.models import Job

    return Job.objects.filter(created_by=manager).count()


def work_off() -> None:
    """As the workers would, until nothing is left."""
    for key in Key.objects.to_deliver():
        key.deliver()
    for command in Command.objects.filter(settled_at=None).order_by("pk"):
        command.run()
    for key in Key.objects.to_drop():
        key.drop()
    while Notification.objects.write_mails():
        pass
    for mail in Mail.objects.filter(status="QUEUED"):
        mail.send()


@pytest.fixture
def world(told) -> Iterator:
    """The connection, with everything that the statements need."""
    with connection.cursor() as cursor:
        raw = cursor.connection
    while number_all():
        pass
    with raw.transaction(force_rollback=True):
        files = raw.execute("SELECT id, \"to\" FROM core_mail WHERE status = 'SENT'").fetchall()
        photos = JobPhoto.objects.values_list("file", flat=True)
        prepare(raw, told.lines, files, photos)
        raw.execute("SET LOCAL session_replication_role = replica")
        yield raw


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_each_invariant_finds_what_breaks_it(world):
    assert [(one.name, one.rows) for one in broken(world)] == []

    silent = []
    for invariant in INVARIANTS:
        with world.transaction(force_rollback=True):
            world.execute(invariant.broken_by.encode())
            if not world.execute(invariant.sql.encode()).fetchall():
                silent.append(invariant.name)

    assert silent == []


@pytest.mark.once
def test_every_invariant_has_a_name_and_a_meaning_of_its_own():
    assert len({invariant.name for invariant in INVARIANTS}) == len(INVARIANTS) >= 56
    assert len({invariant.meaning for invariant in INVARIANTS}) == len(INVARIANTS)
