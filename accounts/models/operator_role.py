"""The roles of operators: groups that come with the product, and what each permits. Superusers need none.

Who may change the rows of a model may use every action of its page. A role may have single actions besides.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import apps as installed
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class OperatorRole(models.TextChoices):
    """The names of the groups."""

    SUPPORT = "support", _("Support")
    OPERATIONS = "operations", _("Operations")
    SECURITY = "security", _("Security")


MEANINGS = {
    OperatorRole.SUPPORT: _("reads everything, and helps people"),
    OperatorRole.OPERATIONS: _("runs the platform, and sets up fleets, units and vehicle models"),
    OperatorRole.SECURITY: _("reads who did what, shuts out, erases, and gives roles"),
}


class Permitted(NamedTuple):
    """What a role reads: all models, those of some apps, or single ones. `actions` are permissions by name."""

    actions: tuple[str, ...]
    reads: tuple[str, ...] = ()  # names of apps and of models; without one, everything
    hidden: tuple[str, ...] = ()


# What says who signs in, with what and from where, and what operators did.
AUDIT = (
    "account",
    "allauth_idp_oidc",
    "mfa",
    "sessions",
    "usersessions",
    "admin.logentry",
    "accounts.agreementsignature",
    "accounts.erasure",
    "accounts.operatoraction",
)
PERMITTED = {
    OperatorRole.SUPPORT: Permitted(
        actions=("accounts.add_invitation", "accounts.reset_second_factor", "core.change_mail"),
    ),
    OperatorRole.OPERATIONS: Permitted(
        hidden=AUDIT,
        actions=(
            "accounts.add_fleet",
            "accounts.add_mobilityprovider",
            "accounts.change_fleet",
            "accounts.change_mobilityprovider",
            "accounts.suspend_apiclient",
            "accounts.suspend_company",
            "accounts.suspend_user",
            "core.change_failure",
            "core.change_mail",
            "jobs.add_configurationpreset",
            "jobs.add_jobtemplate",
            "jobs.change_configurationpreset",
            "jobs.change_job",
            "jobs.change_jobtemplate",
            "simulator.add_simulatedunit",
            "simulator.change_simulatedunit",
            "telematics.add_place",
            "telematics.add_unit",
            "telematics.add_vehicle",
            "telematics.add_vehiclemodel",
            "telematics.change_place",
            "telematics.change_unit",
            "telematics.change_vehicle",
            "telematics.change_vehiclemodel",
        ),
    ),
    OperatorRole.SECURITY: Permitted(
        reads=(
            *AUDIT,
            "accounts",
            "auth",
            "core.answeredrequest",
            "jobs.jobevent",
            "jobs.rolloutevent",
            "jobs.vehicleaccess",
            "telematics.command",
            "telematics.custody",
            "telematics.key",
            "telematics.unitevent",
            "telematics.vehicleevent",
        ),
        actions=(
            "accounts.add_user",
            "accounts.change_user",
            "accounts.give_roles",
            "accounts.revoke_apiclient",
            "accounts.suspend_apiclient",
            "accounts.suspend_company",
            "accounts.suspend_fleet",
            "accounts.suspend_mobilityprovider",
        ),
    ),
}


def permits(role: str, permission: Any) -> bool:
    """Whether the role has this permission."""
    app, codename = permission.content_type.app_label, permission.codename
    permitted = PERMITTED[OperatorRole(role)]
    if f"{app}.{codename}" in permitted.actions:
        return True
    if not codename.startswith("view_"):
        return False
    names = {app, f"{app}.{permission.content_type.model}"}
    if permitted.reads:
        return not names.isdisjoint(permitted.reads)
    return names.isdisjoint(permitted.hidden)


def match_roles(apps: Any = installed, **_migration: Any) -> None:
    """Give each role what the table permits: after each `migrate`, which may bring new models and permissions."""
    try:
        group, permission = (apps.get_model("auth", name) for name in ("Group", "Permission"))
    except LookupError:  # the first migrations of a new database
        return
    known = list(permission.objects.select_related("content_type"))
    for role in OperatorRole:
        mine, _created = group.objects.get_or_create(name=role.value)
        mine.permissions.set([one for one in known if permits(role, one)])


def is_role(group: Group | None) -> bool:
    return group is not None and group.name in OperatorRole.values


def names_shown(names: Iterable[str]) -> str:
    """The names of groups as a person reads them."""
    labels = dict(OperatorRole.choices)
    return ", ".join(str(labels.get(name, name)) for name in sorted(names))


def described(group: Group) -> str:
    """A role with its meaning; any other group by its name."""
    if not is_role(group):
        return group.name
    role = OperatorRole(group.name)
    return f"{role.label}: {MEANINGS[role]}"
