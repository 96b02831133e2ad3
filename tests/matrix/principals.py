"""Every kind of caller, and what it may read: derived from who works where, for every cell in the same way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from accounts.models import ApiClient, User
from accounts.sign_in.sessions import APP, AUDIENCE
from tests.matrix.tenants import (
    ACCEPTED,
    COMPANIES,
    FLEETS,
    LINKS,
    OPERATORS,
    PEOPLE_OF_THEIR_OWN,
    Scene,
    names,
    of_deleted,
    short_id,
    zone_with,
)

WEBSITE, PHONE, MACHINE, NOBODY = "website", "phone", "machine", "nobody"
WORKING = ("A1", "A2", "B1", "XX", "YY")


@dataclass(frozen=True)
class Principal:
    name: str
    kind: str
    # By which door they come: a session of the website, a token of the app, a token of a machine.
    door: str
    # The tenants in which they find things, and what they may read.
    homes: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    # Where they have been: removed from it, or suspended with it.
    former: frozenset[str] = frozenset()
    reads_everything: bool = False
    credential: str = ""
    person: str = ""
    is_signed_in: bool = True

    def client(self) -> Client:
        browser = Client(raise_request_exception=False)
        if self.door == PHONE:
            browser.defaults["HTTP_X_SESSION_TOKEN"] = self.credential
        elif self.door == MACHINE:
            browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.credential}"
        elif self.door == WEBSITE:
            browser.cookies["sessionid"] = self.credential
            browser.defaults["HTTP_X_PERSON"] = self.person  # what the API asks of a browser
        return browser

    def may_read(self, zone: str) -> bool:
        return self.reads_everything or zone in self.zones


def zones_of(key: str) -> set[str]:
    """What a member of a fleet or a company reads: their own team, and those whom it works with as far as they work."""
    zones = {*names(key), f"{key}DESK", f"{key}TEAM", f"{key}ADDR"}
    for fleet, company in LINKS:
        if fleet == key:
            zones |= partner_of(fleet, company)
        elif company == key:
            zones |= client_of(fleet, company)
    for name, address, teams in PEOPLE_OF_THEIR_OWN.values():
        if key in teams:
            zones |= {name, address}
    return zones


def partner_of(fleet: str, company: str) -> set[str]:
    """What the members of a fleet read of a partner: who they are, once they have accepted."""
    zones = {zone_with(fleet, company)}
    if LINKS[fleet, company] == ACCEPTED:
        zones |= names(company) | names_in(company)
    return zones


def client_of(fleet: str, company: str) -> set[str]:
    """What the members of a company read of a client."""
    return {zone_with(fleet, company), *names(fleet), *names_in(fleet)}


def names_in(team: str) -> set[str]:
    """The names of everybody who was ever in a team. Their addresses are not among them."""
    others = {name for name, _address, teams in PEOPLE_OF_THEIR_OWN.values() if team in teams}
    return others | {f"{team}TEAM"}


# Name → kind in the table, and the teams to which they belong now.
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "viewer of A1": ("viewer", ("A1",)),
    "manager of A1": ("manager", ("A1",)),
    "admin of A1": ("fleet admin", ("A1",)),
    "manager of A2": ("manager of a sibling fleet", ("A2",)),
    "admin of A2": ("manager of a sibling fleet", ("A2",)),
    "manager of B1": ("foreign manager", ("B1",)),
    "admin of B1": ("foreign manager", ("B1",)),
    "holder of XX": ("installer", ("XX",)),
    "colleague of XX": ("colleague", ("XX",)),
    "admin of XX": ("company admin", ("XX",)),
    "admin of YY": ("foreign company's admin", ("YY",)),
    "holder of YY": ("foreign company's installer", ("YY",)),
    "both sites": ("member of both sites", ("A2", "YY")),
    "gone from A1": ("removed", ()),
    "gone from XX": ("removed", ()),
    "moved from A1 to A2": ("removed, now elsewhere", ("A2",)),
    "moved from XX to YY": ("removed, now elsewhere", ("B1", "YY")),
    "suspended of A1": ("suspended", ()),
    "suspended of XX": ("suspended", ()),
    "manager of S1": ("of a suspended fleet", ()),
    "admin of S1": ("of a suspended fleet", ()),
    "manager of T1": ("of a suspended provider", ()),
    "admin of ZZ": ("of a suspended company", ()),
    "holder of ZZ": ("of a suspended company", ()),
    "operator": ("operator", ()),
    "support": ("operator with the role Support", ()),
}


def principals(scene: Scene) -> list[Principal]:
    everybody = [Principal("nobody", "anonymous", NOBODY, is_signed_in=False)]
    for name, (kind, teams) in PEOPLE.items():
        everybody += of_person(scene, name, kind, teams)
    everybody += machines(scene)
    return everybody


def of_person(scene: Scene, name: str, kind: str, teams: tuple[str, ...]) -> list[Principal]:
    """The same person at the website and in the app: each door opens its own site only."""
    person = scene.people[name]
    is_active = User.objects.get(pk=person.pk).is_active
    zones = scene.zones_in(f"{person.last_name} {person.email}")
    for team in teams:
        zones |= zones_of(team)
    about: dict[str, Any] = {
        "former": frozenset(teams_known_to(name)) - frozenset(teams),
        "homes": frozenset({*teams, f"user:{person.pk}", *["operator"] * (name in OPERATORS)}),
        "zones": frozenset(zones),
        "reads_everything": name in OPERATORS,
        "person": str(person.pk),
        "is_signed_in": is_active,
    }
    return [
        Principal(name, kind, WEBSITE, credential=session_of(person), **about),
        Principal(name, f"{kind}, by app", PHONE, credential=session_of(person, APP), **about),
    ]


def teams_known_to(name: str) -> tuple[str, ...]:
    """The teams in which a person of the scene is or was."""
    if name in PEOPLE_OF_THEIR_OWN:
        return PEOPLE_OF_THEIR_OWN[name][2]
    return (name.split()[-1],)


def session_of(person: User, audience: str = "") -> str:
    """A session as one that was there before the person was removed or suspended."""
    browser = Client()
    browser.force_login(person)
    session = browser.session
    # As if the password was typed a moment ago, so that nothing is kept back for that.
    session["account_authentication_methods"] = [{"method": "password", "at": time()}]
    if audience:
        session[AUDIENCE] = audience
    session.save()
    return session.session_key


def machines(scene: Scene) -> Iterator[Principal]:
    for name, machine in scene.machines.items():
        fleet, _, state = name.partition(" ")
        works = fleet in WORKING and state not in ("revoked", "suspended")
        kind = "API client, " + (state if fleet == "A1" else "of another fleet")
        yield Principal(
            name,
            kind,
            MACHINE,
            homes=frozenset({fleet} if works else ()),
            zones=frozenset(zones_of(fleet) if works else ()),
            former=frozenset(() if works else {fleet}),
            credential=token_of(machine),
            is_signed_in=works,
        )


def token_of(machine: ApiClient) -> str:
    """A token as the endpoint issues it; of a client that has ended, one from before."""
    text = f"token-of-{machine.pk}"
    token = Token(
        client=machine.client,
        type=Token.Type.ACCESS_TOKEN,
        hash=get_adapter().hash_token(text),
        expires_at=timezone.now() + timedelta(minutes=15),
    )
    token.set_scopes(machine.rights)
    token.save()
    return text


def readable_at(scene: Scene, address: str, by: Principal | None = None) -> set[str]:
    """What may be in a mail to this address: what its person reads, what it was invited to, or who is inviting it.

    A message has the id of a fleet in place of an address.
    """
    for fleet in FLEETS:
        if address == short_id(fleet):
            return zones_of(fleet) | {of_deleted(fleet)}
    zones = scene.zones_in(address)
    if not zones and by:
        for team in by.homes & {*FLEETS, *COMPANIES}:
            zones |= names(team) | names_in(team)
        return zones
    for name, person in scene.people.items():
        if person.email != address:
            continue
        for team in teams_known_to(name):
            zones |= zones_of(team)
        return zones
    for zone in tuple(zones):
        team, rest = zone[:2], zone[2:]
        zones |= names(team) | {f"{team}TEAM"}
        if rest.startswith("WT"):
            zones |= zones_of(rest[2:])
    return zones
