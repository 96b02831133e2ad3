"""The tenants of the matrix, and their marks.

Every text of a tenant carries the mark of its zone. A zone is the smallest part of a tenant that is shown or hidden as
one: the name of a fleet, what is on its desk, its work with one partner, the people of a company. A mark of a zone that
is not the reader's is a leak.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core import signing
from django.db import connection
from django.utils import timezone

from accounts.models import (
    ApiClient,
    Company,
    EventConsumer,
    Fleet,
    Invitation,
    MobilityProvider,
    Partnership,
    SavedView,
    User,
    WebhookDelivery,
)
from accounts.models.api_client import RIGHTS
from accounts.models.company_queryset import EMAIL_SALT
from accounts.models.operator_role import OperatorRole
from core import ids
from core.outbox.numbering import number_all
from core.outbox.topics import TOPICS
from core.ulid import new_ulid
from jobs.models import BulkRun, Job, JobImport, Notification, VehicleAccess
from jobs.notifications.event import NotificationEvent
from jobs.notifications.preference import unsubscribe_path
from telematics.models import Vehicle
from tests.accounts.passkey import Passkey
from tests.factories.accounts import (
    CompanyFactory,
    CompanyMembershipFactory,
    FleetFactory,
    FleetMembershipFactory,
    MobilityProviderFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.factories.jobs import (
    ConfigurationPresetFactory,
    JobFactory,
    JobPhotoFactory,
    JobTemplateFactory,
    RollOutFactory,
)
from tests.factories.telematics import (
    PlaceFactory,
    UnitFactory,
    VehicleFactory,
    VehicleModelFactory,
)

# Fleets by their provider; companies. S is suspended, so is the provider of T, and the company Z.
FLEETS = {"A1": "PP", "A2": "PP", "B1": "KK", "S1": "KK", "T1": "RR"}
COMPANIES = ("XX", "YY", "ZZ")
ACCEPTED = Partnership.Status.ACCEPTED
LINKS = {
    ("A1", "XX"): ACCEPTED,
    ("A1", "YY"): ACCEPTED,
    ("A1", "ZZ"): ACCEPTED,
    ("A2", "XX"): ACCEPTED,
    ("A2", "YY"): ACCEPTED,  # ends, after a job was finished
    ("B1", "YY"): ACCEPTED,
    ("B1", "XX"): Partnership.Status.PENDING,
    ("S1", "XX"): ACCEPTED,
}
# A superuser, and somebody who reads all pages of the admin and changes little.
OPERATORS = ("operator", "support")
# People of several teams, or who have left theirs: the zones of their name and of their address, and every team that
# has known them.
PEOPLE_OF_THEIR_OWN = {
    "operator": ("HHNAME", "HHADDR", ()),
    "support": ("SPNAME", "SPADDR", ()),
    "both sites": ("BBTHAA", "BBTHBB", ("A2", "YY")),
    "gone from A1": ("GAAAAA", "GAAABB", ("A1",)),
    "moved from A1 to A2": ("MAAAAA", "MAAABB", ("A1", "A2")),
    "suspended of A1": ("SAAAAA", "SAAABB", ("A1",)),
    "gone from XX": ("GXXXXX", "GXXXYY", ("XX",)),
    "moved from XX to YY": ("MXXXXX", "MXXXYY", ("XX", "B1", "YY")),
    "suspended of XX": ("SXXXXX", "SXXXYY", ("XX",)),
}
LOWEST = {"fleet_invitation": "VIEWER", "company_invitation": "INSTALLER"}
# Of each kind of thing, what has the form of an id and is none.
MISSING = {
    "fleet": "NXNE1",
    "company": "NXNE1",
    "job": "01J0000000000000000000000N",
    "template": "01J0000000000000000000000N",
    "preset": "01J0000000000000000000000N",
    "place": "01J0000000000000000000000N",
    "roll_out": "01J0000000000000000000000N",
    "event_consumer": "01J0000000000000000000000N",
    "import": "01J0000000000000000000000N",
    "run": "01J0000000000000000000000N",
    "notification": "01J0000000000000000000000N",
    "command": "01J0000000000000000000000N",
    "photo": "01J0000000000000000000000N",
    "access": "01J0000000000000000000000N",
    "vehicle": "NXNE1",
    "unit": "00000000DEADBEEF",
    "partnership": "999999",
    "fleet_member": "999999",
    "api_client": "999999",
    "event_delivery": "999999",
    "company_member": "999999",
    "person": "999999",
    "fleet_invitation": "999999",
    "company_invitation": "999999",
    "session": "999999",
    "view": "999999",
    "provider": "NXNE1",
    "mark": "ZXNXNENE",
    "security_key": "999999",
    "company_token": "no-such-token",
    "unsubscribe_token": "no-such-token",
    "token": "no-such-token-".ljust(43, "x"),
}
# What a zone's mark looks like. It has no I, O and Q, so that a VIN can begin with it.
MARK = re.compile(r"ZX[0-9A-HJ-NP-Z]{6}", re.IGNORECASE)
ULID = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"
QNR = r"[0-9A-F]{16}"
# The zones of all marks that were given out: a random text may look like a mark.
ZONES: set[str] = set()
# Marks, and ids that are marks because a tenant has them.
ANY_MARK = re.compile(f"{MARK.pattern}|{ULID}|{QNR}", re.IGNORECASE)


def mark(zone: str) -> str:
    """Zones have six signs, none of them I, O or Q."""
    found = f"ZX{zone}"
    assert MARK.fullmatch(found), zone
    ZONES.add(zone)
    return found


def short_id(tenant: str) -> str:
    """The public id of a tenant: a mark other than its name, so that a page that repeats the id shows nothing else."""
    return mark(f"{tenant}SHRT")


def names(tenant: str) -> set[str]:
    """The zones of who a tenant is: its name and its id, and those of the provider of a fleet."""
    found = {f"{tenant}NAME", f"{tenant}SHRT"}
    if tenant in FLEETS:
        found |= names(FLEETS[tenant])
    return found


def zone_with(fleet: str, company: str) -> str:
    """The work of a fleet and a company with each other, which both see."""
    return f"{fleet}WT{company}"


def of_deleted(fleet: str) -> str:
    """A job that was deleted: on no page, and in the messages to the fleet's own programs."""
    return f"{fleet}ENDS"


def number_rows_from(first: int) -> None:
    """Give every row a number that no count, date or size on a page has by chance."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first]
            )


@dataclass(frozen=True)
class Thing:
    """A row that a URL or a body can name, with the tenants and people who find it."""

    kind: str
    name: str
    pk: str
    homes: frozenset[str] = frozenset()
    # Zones that a holder of the link may read: a secret link is a right of its own.
    opens: frozenset[str] = frozenset()

    @property
    def is_missing(self) -> bool:
        return self.name == "missing"


@dataclass
class Scene:
    things: dict[str, list[Thing]] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    machines: dict[str, ApiClient] = field(default_factory=dict)
    zone_of_id: dict[str, str] = field(default_factory=dict)

    def keep(
        self, kind: str, name: str, row: Any, *homes: str, zone: str = "", opens: Iterable[str] = ()
    ) -> Any:
        pk = row if isinstance(row, str) else row.pk
        self.things.setdefault(kind, []).append(
            Thing(kind, name, str(pk), frozenset(homes), frozenset(opens))
        )
        if zone and re.fullmatch(f"{ULID}|{QNR}", str(pk)):
            self.zone_of_id[str(pk)] = zone
        return row

    def missing(self, kind: str) -> Thing:
        return next(thing for thing in self.things[kind] if thing.is_missing)

    def zones_in(self, text: str) -> set[str]:
        """The zones whose marks are in a text."""
        found = {one.upper() for one in ANY_MARK.findall(text)}
        ids = {self.zone_of_id[one] for one in found & self.zone_of_id.keys()}
        return ids | ({one[2:] for one in found} & ZONES)


class Builder:
    """Builds the scene by the moves of the product, as its people would."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.numbers = count(1)
        self.model = VehicleModelFactory()
        self.fleets: dict[str, Fleet] = {}
        self.companies: dict[str, Company] = {}
        self.links: dict[tuple[str, str], Partnership] = {}

    def build(self) -> Scene:
        number_rows_from(700_000)
        self._tenants()
        self._people()
        for fleet in self.fleets:
            self._feed(fleet)
            self._desk(fleet)
        for link in LINKS:
            self._work(*link)
        self._invitations()
        self._machines()
        self._consumers()
        self._ends()
        while number_all():
            pass
        self._notifications()
        self._of_each_person()
        self._rows()
        self._missing()
        return self.scene

    # --- tenants and people -------------------------------------------------------------------------------------------
    def _tenants(self) -> None:
        providers = {}
        for key in sorted(set(FLEETS.values())):
            providers[key] = MobilityProviderFactory(
                pk=short_id(key), name=f"Provider {mark(f'{key}NAME')}"
            )
            self.scene.keep("provider", key, providers[key])
        for key, provider in FLEETS.items():
            fleet = FleetFactory(
                pk=short_id(key),
                provider=providers[provider],
                name=f"Fleet {mark(f'{key}NAME')}",
            )
            self.fleets[key] = self.scene.keep("fleet", key, fleet, key)
        for key in COMPANIES:
            company = CompanyFactory(
                pk=short_id(key),
                name=f"Company {mark(f'{key}NAME')}",
                email=self.address(f"{key}ADDR"),
            )
            self.companies[key] = self.scene.keep("company", key, company, key)
        self._partners()

    def _partners(self) -> None:
        for (fleet, company), status in LINKS.items():
            zone = zone_with(fleet, company)
            link = PartnershipFactory(
                fleet=self.fleets[fleet],
                company=self.companies[company],
                status=status,
                email=self.address(zone),
            )
            self.links[fleet, company] = link
            homes = [fleet] if (fleet, company) == ("A2", "YY") else [fleet, company]
            self.scene.keep("partnership", f"{fleet}-{company}", link, *homes, zone=zone)

    def address(self, zone: str) -> str:
        return f"{mark(zone)}.{next(self.numbers)}@example.com".lower()

    def person(self, name: str, zone: str, mails: str, **fields: Any) -> User:
        """Their name is marked as one of `zone`, their address as one of `mails`."""
        person = UserFactory(
            email=self.address(mails),
            first_name=f"{name.title()}",
            last_name=mark(zone),
            **fields,
        )
        self.scene.people[name] = person
        return person

    def _people(self) -> None:
        for fleet in FLEETS:
            for role in ("admin", "manager", "viewer"):
                person = self.person(f"{role} of {fleet}", f"{fleet}TEAM", f"{fleet}ADDR")
                self._join_fleet(person, fleet, role.upper())
        for company in COMPANIES:
            for role in ("admin", "holder", "colleague"):
                person = self.person(f"{role} of {company}", f"{company}TEAM", f"{company}ADDR")
                self._join_company(person, company, "ADMIN" if role == "admin" else "INSTALLER")
        for name, (zone, mails, _teams) in PEOPLE_OF_THEIR_OWN.items():
            rights = {"is_staff": name in OPERATORS, "is_superuser": name == "operator"}
            self.person(name, zone, mails, **rights)
        people = self.scene.people
        people["support"].groups.add(Group.objects.get(name=OperatorRole.SUPPORT))
        for name in ("gone from A1", "moved from A1 to A2", "suspended of A1"):
            self._join_fleet(people[name], "A1", "MANAGER")
        for name in ("both sites", "moved from A1 to A2"):
            self._join_fleet(people[name], "A2", "MANAGER")
        # So that the account stays when the company removes them.
        self._join_fleet(people["moved from XX to YY"], "B1", "VIEWER")
        for name in ("gone from XX", "moved from XX to YY", "suspended of XX"):
            self._join_company(people[name], "XX", "INSTALLER")
        self._join_company(people["both sites"], "YY", "INSTALLER")

    def _join_fleet(self, person: User, fleet: str, role: str) -> None:
        row = FleetMembershipFactory(user=person, fleet=self.fleets[fleet], role=role)
        self.scene.keep("fleet_member", f"{person}", row, fleet, zone=f"{fleet}TEAM")
        self.scene.keep("person", f"{person}", person, fleet, zone=f"{fleet}TEAM")

    def _join_company(self, person: User, company: str, role: str) -> None:
        row = CompanyMembershipFactory(user=person, company=self.companies[company], role=role)
        self.scene.keep("company_member", f"{person}", row, company, zone=f"{company}TEAM")
        self.scene.keep("person", f"{person}", person, company, zone=f"{company}TEAM")

    def manager(self, fleet: str) -> User:
        return self.scene.people[f"manager of {fleet}"]

    def _feed(self, key: str) -> None:
        """From now on programs of the fleet read what happens in it."""
        consumer = EventConsumer.objects.add(
            fleet=self.fleets[key],
            kind="FEED",
            name=f"{mark(f'{key}DESK')} feed",
            topics=sorted(TOPICS),
            by=self.scene.people[f"admin of {key}"],
        )
        self.scene.keep("event_consumer", key, consumer, key, zone=f"{key}DESK")

    # --- what is on the desk of a fleet -------------------------------------------------------------------------------
    def _desk(self, key: str) -> None:
        fleet, zone, by = self.fleets[key], f"{key}DESK", self.manager(key)
        keep = self.scene.keep
        keep("job", f"{key} pending", self.job(key, zone), key, zone=zone)
        ends = of_deleted(key)
        deleted = keep("job", f"{key} deleted", self.job(key, ends), zone=ends)
        deleted.delete_by(by=by)
        keep("template", key, JobTemplateFactory(fleet=fleet, name=mark(zone)), key, zone=zone)
        keep(
            "preset", key, ConfigurationPresetFactory(fleet=fleet, name=mark(zone)), key, zone=zone
        )
        site = PlaceFactory(fleet=fleet, name=mark(zone), contact=mark(zone))
        keep("place", key, site, key, zone=zone)
        roll_out = RollOutFactory(by=by, fleet=fleet, name=mark(zone))
        keep("roll_out", key, roll_out, key, zone=zone)
        text = f"vin,custom_name\nWRONG,{mark(zone)}\n,{mark(zone)} two\n".encode()
        name = f"{mark(zone)}.csv"
        draft = JobImport.objects.preview(by, fleet=fleet, name=name, content=text)
        keep("import", f"{key} preview", draft, key, zone=zone)
        done = JobImport.objects.preview(by, fleet=fleet, name=name, content=text)
        done.confirm(by=by, valid_rows_only=True)
        keep("import", f"{key} done", done, key, zone=zone)
        for job in Job.objects.filter(job_import=done):
            self.scene.zone_of_id[str(job.pk)] = zone
        run = BulkRun.objects.begin("DELETE", None, fleet=fleet, by=by, total=0)
        keep("run", key, run, key, zone=zone)
        about = {"user": by, "fleet": fleet, "table": "installation_jobs", "name": mark(zone)}
        keep("view", key, SavedView.objects.create(**about, shared=True, query=""), key)
        self._stock(key, zone)

    def _stock(self, key: str, zone: str) -> None:
        fleet, keep = self.fleets[key], self.scene.keep
        free = UnitFactory(fleet=fleet, qnr=self.qnr())
        keep("unit", f"{key} in stock", free, key, zone=zone)
        retired = UnitFactory(fleet=fleet, qnr=self.qnr(), retired_at=timezone.now())
        keep("unit", f"{key} retired", retired, key, zone=zone)
        keep("vehicle", f"{key} own", self.vehicle(key, zone), key, zone=zone)
        archived = self.vehicle(key, zone)
        archived.archive()
        keep("vehicle", f"{key} archived", archived, key, zone=zone)

    def vehicle(self, key: str, zone: str) -> Vehicle:
        fleet = self.fleets[key]
        unit = UnitFactory(fleet=fleet, qnr=self.qnr())
        self.scene.keep("unit", f"{key} mounted", unit, key, zone=zone)
        return VehicleFactory(
            pk=f"{mark(zone)}{next(self.numbers)}",
            fleet=fleet,
            unit=unit,
            vehicle_model=self.model,
            custom_name=f"{mark(zone)} car",
            license_plate=f"{mark(zone)} {next(self.numbers)}",
            vin=self.vin(zone),
        )

    def vin(self, zone: str) -> str:
        return f"{mark(zone)}{next(self.numbers):09d}"

    def qnr(self) -> str:
        return f"{0xFEED << 48 | next(self.numbers):016X}"

    def job(self, key: str, zone: str, **fields: Any) -> Job:
        number = next(self.numbers)
        return JobFactory(
            by=self.manager(key),
            fleet=self.fleets[key],
            vehicle_model=self.model,
            custom_name=f"{mark(zone)} {number}",
            license_plate=f"{mark(zone)} {number}",
            vin=self.vin(zone),
            location=f"{mark(zone)} street",
            contact=f"{mark(zone)} person",
            instructions=f"{mark(zone)} way",
            external_reference=f"{mark(zone)}-{number}",
            **fields,
        )

    # --- work with a partner ------------------------------------------------------------------------------------------
    def _work(self, fleet: str, company: str) -> None:
        if LINKS[fleet, company] != ACCEPTED:
            return
        assigned = self._assigned(fleet, company, "assigned")
        assigned.request_handback(
            by=self.manager(fleet), reason=f"{mark(zone_with(fleet, company))} back"
        )
        self._running(fleet, company)
        finished = self._assigned(fleet, company, "finished")
        holder = self.scene.people[f"holder of {company}"]
        finished.take(by=holder)
        finished.fail(by=holder, comment=f"{mark(zone_with(fleet, company))} broken")

    def _assigned(self, fleet: str, company: str, state: str) -> Job:
        zone = zone_with(fleet, company)
        job = self.job(fleet, zone)
        self.scene.keep("job", f"{fleet}-{company} {state}", job, fleet, company, zone=zone)
        job.assign(self.companies[company], by=self.manager(fleet))
        return job

    def _running(self, fleet: str, company: str) -> None:
        zone = zone_with(fleet, company)
        holder = self.scene.people[f"holder of {company}"]
        job = self._assigned(fleet, company, "running")
        job.take(by=holder)
        unit = UnitFactory(fleet=self.fleets[fleet], qnr=self.qnr())
        self.scene.keep("unit", f"{fleet}-{company} linked", unit, fleet, company, zone=zone)
        with patch.object(ids, "draw", lambda _: f"{mark(zone)}{next(self.numbers)}"):
            job.link_unit(unit.pk, by=holder)
        reader = f"user:{holder.pk}"
        self.scene.keep("vehicle", f"{fleet}-{company}", job.vehicle, fleet, reader, zone=zone)
        command = VehicleAccess.objects.open_for(holder, job.vehicle_id).command(
            "request-vehicle-state", by=holder
        )
        self.scene.keep("command", f"{fleet}-{company}", command, fleet, reader, zone=zone)
        access = job.accesses.get()
        self.scene.keep("access", f"{fleet}-{company}", access, fleet, zone=zone)
        photo = JobPhotoFactory(job=job)
        self.scene.keep("photo", f"{fleet}-{company}", photo, fleet, company, zone=zone)

    # --- links and machines -------------------------------------------------------------------------------------------
    def _invitations(self) -> None:
        for key, fleet in self.fleets.items():
            self._invite("fleet_invitation", key, fleet)
        for key, company in self.companies.items():
            self._invite("company_invitation", key, company)

    def _invite(self, kind: str, key: str, team: Fleet | Company) -> None:
        """An open one, a withdrawn one and a used one, with their links."""
        by = self.scene.people[f"admin of {key}"]
        opens = {*names(key), f"{key}TEAM", f"{key}DESK"}
        for state in ("open", "withdrawn", "used"):
            zone = f"{key}DESK"
            token = f"token-{next(self.numbers)}-".ljust(43, "x")
            with patch("accounts.models.invitation.secrets.token_urlsafe", return_value=token):
                row = team.invite(email=self.address(zone), role=LOWEST[kind], by=by)
            self.scene.keep("token", f"{key} {state}", token, opens=opens)
            self.scene.keep(kind, f"{key} {state}", row, *[key] * (state == "open"), zone=zone)
            earlier = timezone.now() - timedelta(hours=1)
            Invitation.objects.filter(pk=row.pk).update(
                sent_at=earlier, used_at=earlier if state == "used" else None
            )
            if state == "withdrawn":
                row.withdraw(by=by)

    def _machines(self) -> None:
        self._issue("A1", "all rights", list(RIGHTS))
        for right in RIGHTS:
            self._issue("A1", right, [right])
        for fleet in ("A2", "B1", "S1", "T1"):
            self._issue(fleet, "all rights", list(RIGHTS))
        for state in ("revoked", "suspended"):
            self._issue("A1", state, list(RIGHTS))

    def _issue(self, fleet: str, name: str, scopes: list[str]) -> None:
        machine, _secret = ApiClient.objects.issue(
            fleet=self.fleets[fleet],
            name=f"{mark(f'{fleet}DESK')} {name}",
            scopes=scopes,
            by=self.scene.people[f"admin of {fleet}"],
        )
        self.scene.machines[f"{fleet} {name}"] = machine
        self.scene.keep("api_client", f"{fleet} {name}", machine, fleet, zone=f"{fleet}DESK")

    def _consumers(self) -> None:
        """In each fleet one that is sent its messages; in the first also one of each other state."""
        for fleet in ("A1", "A2", "B1"):
            self._consumer(fleet, "active")
        self._consumer("A1", "suspended").suspend("GONE")
        self._consumer("A1", "removed").remove(by=self.scene.people["admin of A1"])

    def _consumer(self, fleet: str, state: str) -> EventConsumer:
        zone = f"{fleet}DESK"
        consumer = EventConsumer.objects.add(
            fleet=self.fleets[fleet],
            kind="WEBHOOK",
            name=f"{mark(zone)} {state}",
            topics=["JobChanged", "VehicleChanged"],
            url=f"https://{mark(zone).lower()}.example.com/in",
            by=self.scene.people[f"admin of {fleet}"],
        )
        delivery = WebhookDelivery.objects.create(
            consumer=consumer,
            message_id=new_ulid(),
            sequence=1,
            status="SET_ASIDE",
            tried_at=timezone.now(),
            answer_text=mark(zone),
        )
        self.scene.keep("event_delivery", f"{fleet} {state}", delivery, fleet, zone=zone)
        return self.scene.keep("event_consumer", f"{fleet} {state}", consumer, fleet, zone=zone)

    # --- ends ---------------------------------------------------------------------------------------------------------
    def _ends(self) -> None:
        """Who goes, goes after the work was done: what they leave behind has their marks."""
        self.links["A2", "YY"].end(by=self.manager("A2"))
        for name in ("gone from A1", "moved from A1 to A2"):
            person = self.scene.people[name]
            row = self.fleets["A1"].memberships.get(user=person)
            self.fleets["A1"].remove_member(row, by=self.scene.people["admin of A1"])
        for name in ("gone from XX", "moved from XX to YY"):
            person = self.scene.people[name]
            row = self.companies["XX"].memberships.get(user=person)
            self.companies["XX"].remove_member(row, by=self.scene.people["admin of XX"])
        self._join_company(self.scene.people["moved from XX to YY"], "YY", "INSTALLER")
        for name in ("suspended of A1", "suspended of XX"):
            self.scene.people[name].suspend()
        self.scene.machines["A1 suspended"].suspend()
        self.scene.machines["A1 revoked"].revoke(by=self.scene.people["admin of A1"])
        self.fleets["S1"].suspend()
        MobilityProvider.objects.get(pk=short_id("RR")).suspend()
        self.companies["ZZ"].suspend()

    def _notifications(self) -> None:
        Notification.objects.filter(mail_due=True).write_mails(1000)
        for row in Notification.objects.all():
            self.scene.keep("notification", f"to {row.user_id}", row, f"user:{row.user_id}")

    def _of_each_person(self) -> None:
        """What only its owner finds: another session, a security key, a link that stops mails."""
        for name, person in self.scene.people.items():
            home = f"user:{person.pk}"
            session = UserSession.objects.create(
                user=person, ip="127.0.0.1", session_key=f"of-{person.pk}", user_agent="Browser"
            )
            self.scene.keep("session", name, session, home)
            asked = {"publicKey": {"user": {"id": str(person.pk)}, "challenge": "eHh4"}}
            data = {"name": person.last_name, "credential": Passkey().create(asked)}
            key = Authenticator.objects.create(user=person, type="webauthn", data=data)
            self.scene.keep("security_key", name, key, home)
            link = unsubscribe_path(person, NotificationEvent.SUCCEEDED).split("/")[-2]
            opens = self.scene.zones_in(f"{person.email} {person.last_name}")
            self.scene.keep("unsubscribe_token", name, link, opens=opens)
        for key, company in self.companies.items():
            link = signing.dumps([company.pk, f"new.{self.address(f'{key}ADDR')}"], salt=EMAIL_SALT)
            self.scene.keep("company_token", key, link, opens={*names(key), f"{key}ADDR"})

    def _rows(self) -> None:
        """A row of each table of the operators' pages."""
        for model in admin.site._registry:
            row = model._base_manager.first()
            if row is not None:
                about = f"{model._meta.app_label}/{model._meta.model_name}"
                self.scene.keep(f"row {about}", about, str(row.pk), "operator")

    def _missing(self) -> None:
        for model in admin.site._registry:
            kind = f"row {model._meta.app_label}/{model._meta.model_name}"
            self.scene.things.setdefault(kind, []).append(Thing(kind, "missing", "999999"))
        for zone in sorted(ZONES):
            self.scene.keep("mark", zone, mark(zone), opens=())
        for kind, pk in MISSING.items():
            self.scene.things.setdefault(kind, []).append(Thing(kind, "missing", pk))
