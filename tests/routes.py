"""The table of addresses and roles. A row: name, what its address takes, then the answers to GET and to POST.

It states what each role gets of its own work. `tests/matrix` tries everything that is somebody else's, for every route.
"""

from accounts.models import ApiClient, EventConsumer, WebhookDelivery
from accounts.models.consumer_choices import Kind
from core.ulid import new_ulid
from fleetcontrol.api.urls import PARTS
from jobs.models import BulkRun, ConfigurationPreset, JobImport, JobTemplate
from telematics.models import Place
from tests.factories.jobs import JobPhotoFactory, RollOutFactory

ROLES = (
    "anonymous", "viewer", "manager", "fleet_admin", "outside_manager",
    "installer", "colleague", "company_admin", "outside_admin", "outside_installer", "operator",
)  # fmt: skip

# Of the libraries (allauth signs people in; its own tests try it) and of the admin site (tests/*/test_admin*.py).
TRIED_ELSEWHERE = ("account_", "mfa_", "headless:", "admin:")


def answers(text: str) -> tuple[str, ...]:
    found = tuple(text.split())
    assert len(found) == len(ROLES), text
    return found


def everybody(status) -> tuple[str, ...]:
    return (str(status),) * len(ROLES)


def signed_in(status) -> tuple[str, ...]:
    return ("in", *everybody(status)[1:])


# Of a fleet: anonymous, its viewer, its manager, its admin; whoever is not in it finds nothing.
def in_fleet(viewer, writers=None, admin=None) -> tuple[str, ...]:
    writers = writers or viewer
    return answers(f"in {viewer} {writers} {admin or writers}" + " 404" * 7)


# Of a company: its installers, its admin, the other company's admin and installer on their own side.
def in_company(installers, admin, other_admin="404", other_installer="404") -> tuple[str, ...]:
    return answers(
        f"in 404 404 404 404 {installers} {installers} {admin} {other_admin} {other_installer} 404"
    )


# Of a job by API: its holder, his colleague, their admin.
def of_job(holder, colleague, admin) -> tuple[str, ...]:
    return answers(f"401 404 404 404 404 {holder} {colleague} {admin} 404 404 404")


def by_api(without_company, with_company) -> tuple[str, ...]:
    return answers(
        "401" + f" {without_company}" * 4 + f" {with_company}" * 5 + f" {without_company}"
    )


WRITERS, ADMINS = in_fleet(403, 200), in_fleet(403, 403, 200)
OFFICE = in_company(403, 200, 200, 403)
NOTHING, NOT_SO = everybody(404), everybody(405)
OF_JOB = of_job(200, 200, 200)
# The method is judged before anything is looked up.
NO_METHOD = by_api(405, 405)

ROUTES = [
    # Everybody's
    ("home", ("", signed_in(302), signed_in(405))),
    ("healthz", ("", everybody(200), NOT_SO)),
    ("readyz", ("", None, NOT_SO)),  # 200 or 503: tests/core/test_health.py
    ("metrics", ("", everybody(200), NOT_SO)),  # from this machine alone: tests/core/test_health.py
    ("mail_bounces", ("", NOTHING, NOTHING)),  # with the setting: tests/core/test_bounces.py
    ("theme", ("", NOT_SO, everybody(302))),
    ("profile", ("", signed_in(200), signed_in(200))),
    ("personal_data", ("", signed_in(200), signed_in(302))),
    ("personal_data_file", ("", signed_in(302), signed_in(405))),
    ("usersessions_list", ("", signed_in(200), signed_in(302))),
    ("session_end", ("pk", signed_in(405), signed_in(404))),
    ("invitation_decline", ("token", NOTHING, NOTHING)),
    ("invitation", ("token", NOTHING, NOTHING)),
    ("invitation_switch", ("token", NOT_SO, everybody(302))),
    ("oauth_token", ("", NOT_SO, everybody(400))),
    ("notifications", ("", signed_in(200), signed_in(405))),
    ("notifications_read", ("", NOT_SO, signed_in(302))),
    ("notification", ("pk", signed_in(404), signed_in(405))),
    ("notification_settings", ("", signed_in(200), signed_in(302))),
    ("notifications_off", ("token", NOTHING, NOTHING)),
    ("api-guide", ("name", everybody(200), None)),
    ("api-reference", ("name", everybody(200), None)),
    ("api-docs", ("", everybody(200), None)),
    ("problems", ("", everybody(200), None)),
    ("problem", ("code", everybody(200), None)),
    ("demo", ("", NOTHING, NOTHING)),  # demo mode only
    ("demo_sign_in", ("", NOTHING, NOTHING)),  # demo mode only: tests/demo/test_start.py
    ("demo_mails", ("", NOTHING, NOTHING)),  # demo mode only
    ("simulator:unit", ("qnr", NOTHING, NOTHING)),  # demo mode only
    ("notices-moved", ("page", everybody(302), everybody(302))),
    ("operator-acts-moved", ("page", everybody(302), everybody(302))),
    ("simulator:admin-moved", ("page", everybody(302), everybody(302))),
    # FleetControl: jobs
    ("fleetcontrol:fleets", ("", answers("in 302 302 302 302" + " 200" * 6), signed_in(405))),
    ("fleetcontrol:fleets-overview", ("", signed_in(200), signed_in(405))),
    ("fleetcontrol:fleet", ("fleet_id", everybody(302), None)),
    ("fleetcontrol:search", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:palette", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:keys", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:overview", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:overview-export-csv", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:overview-export-xlsx", ("fleet_id", in_fleet(200), in_fleet(405))),
    *[
        (f"fleetcontrol:{name}", (takes, in_fleet(200), in_fleet(405)))
        for name, takes in {
            "installation_jobs": "fleet_id",
            "maintenance_jobs": "fleet_id",
            "job-filter": "fleet_id kind",
            "job-vin": "fleet_id",
            "job-options": "fleet_id what",
            "job-detail": "fleet_id job_id",
            "job-menu": "fleet_id job_id",
            "job-photo": "fleet_id job_id photo_id",
        }.items()
    ],
    ("fleetcontrol:job-export-csv", ("fleet_id kind", in_fleet(200), in_fleet(200))),
    ("fleetcontrol:job-export-xlsx", ("fleet_id kind", in_fleet(200), in_fleet(200))),
    ("fleetcontrol:job-columns", ("fleet_id kind", in_fleet(200), in_fleet(302))),
    ("fleetcontrol:job-views", ("fleet_id kind", in_fleet(200), in_fleet(200))),
    ("fleetcontrol:job-create", ("fleet_id", WRITERS, in_fleet(403, 302))),
    ("fleetcontrol:job-follow", ("fleet_id", WRITERS, WRITERS)),
    ("fleetcontrol:job-from-template", ("fleet_id", WRITERS, in_fleet(403, 405))),
    ("fleetcontrol:job-create-many", ("fleet_id", WRITERS, WRITERS)),
    ("fleetcontrol:job-edit", ("fleet_id job_id", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:job-duplicate", ("fleet_id job_id", WRITERS, in_fleet(403, 302))),
    ("fleetcontrol:job-again", ("fleet_id job_id", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:job-delete", ("fleet_id job_id", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:job-assign", ("fleet_id job_id", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:job-handback", ("fleet_id job_id", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:job-access-stop", ("fleet_id job_id", WRITERS, in_fleet(403, 302))),
    ("fleetcontrol:job-access-allow", ("fleet_id job_id", WRITERS, in_fleet(403, 302))),
    # FleetControl: the import; the one of the scene is a preview with one bad row
    ("fleetcontrol:job-import", ("fleet_id", WRITERS, WRITERS)),
    ("fleetcontrol:job-imports", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:job-import-help", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:job-import-file-csv", ("fleet_id name", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:job-import-file-xlsx", ("fleet_id name", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:job-import-preview", ("fleet_id import_id", WRITERS, in_fleet(403, 302))),
    (
        "fleetcontrol:job-import-confirm",
        ("fleet_id import_id", in_fleet(403, 302), in_fleet(403, 400)),
    ),
    ("fleetcontrol:job-import-original", ("fleet_id import_id", WRITERS, in_fleet(403, 405))),
    ("fleetcontrol:job-import-errors-csv", ("fleet_id import_id", WRITERS, in_fleet(403, 405))),
    ("fleetcontrol:job-import-errors-xlsx", ("fleet_id import_id", WRITERS, in_fleet(403, 405))),
    # FleetControl: partners
    ("fleetcontrol:partners", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:partners-available", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:partner-columns", ("fleet_id", in_fleet(200), in_fleet(302))),
    ("fleetcontrol:partner-invite", ("fleet_id", WRITERS, WRITERS)),
    ("fleetcontrol:partner", ("fleet_id partnership_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:partner-menu", ("fleet_id partnership_id", in_fleet(200), in_fleet(405))),
    (
        "fleetcontrol:partner-resend",
        ("fleet_id partnership_id", in_fleet(403, 405), in_fleet(403, 302)),
    ),
    (
        "fleetcontrol:partner-again",
        ("fleet_id partnership_id", in_fleet(403, 409), in_fleet(403, 409)),
    ),
    ("fleetcontrol:partner-override", ("fleet_id partnership_id", WRITERS, in_fleet(403, 302))),
    ("fleetcontrol:partner-remove", ("fleet_id partnership_id", WRITERS, in_fleet(403, 302))),
    # FleetControl: many jobs at once
    ("fleetcontrol:job-bulk", ("fleet_id kind action", WRITERS, WRITERS)),
    ("fleetcontrol:bulk-run", ("fleet_id run_id", in_fleet(200), in_fleet(405))),
    # FleetControl: templates and presets
    *[
        row
        for saved in ("template", "preset")
        for row in (
            (f"fleetcontrol:{saved}s", ("fleet_id", in_fleet(200), in_fleet(405))),
            (f"fleetcontrol:{saved}-columns", ("fleet_id", in_fleet(200), in_fleet(302))),
            (f"fleetcontrol:{saved}-views", ("fleet_id", in_fleet(200), in_fleet(200))),
            (f"fleetcontrol:{saved}-export-csv", ("fleet_id", in_fleet(200), in_fleet(405))),
            (f"fleetcontrol:{saved}-export-xlsx", ("fleet_id", in_fleet(200), in_fleet(405))),
            (f"fleetcontrol:{saved}-create", ("fleet_id", WRITERS, WRITERS)),
            (f"fleetcontrol:{saved}", ("fleet_id pk", in_fleet(200), in_fleet(405))),
            (f"fleetcontrol:{saved}-menu", ("fleet_id pk", in_fleet(200), in_fleet(405))),
            (f"fleetcontrol:{saved}-edit", ("fleet_id pk", WRITERS, in_fleet(403, 400))),
            (
                f"fleetcontrol:{saved}-duplicate",
                ("fleet_id pk", WRITERS, WRITERS),
            ),
            (f"fleetcontrol:{saved}-delete", ("fleet_id pk", WRITERS, in_fleet(403, 302))),
        )
    ],
    ("fleetcontrol:template-follow", ("fleet_id", WRITERS, WRITERS)),
    # FleetControl: roll-outs
    ("fleetcontrol:roll_outs", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:roll_out-columns", ("fleet_id", in_fleet(200), in_fleet(302))),
    ("fleetcontrol:roll_out-views", ("fleet_id", in_fleet(200), in_fleet(200))),
    ("fleetcontrol:roll_out-export-csv", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:roll_out-export-xlsx", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:roll_out-create", ("fleet_id", WRITERS, WRITERS)),
    ("fleetcontrol:roll_out", ("fleet_id pk", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:roll_out-menu", ("fleet_id pk", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:roll_out-edit", ("fleet_id pk", WRITERS, in_fleet(403, 400))),
    ("fleetcontrol:roll_out-delete", ("fleet_id pk", WRITERS, in_fleet(403, 302))),
    ("fleetcontrol:roll_out-restore", ("fleet_id pk", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:roll_out-burn-csv", ("fleet_id pk", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:roll_out-burn-xlsx", ("fleet_id pk", in_fleet(200), in_fleet(405))),
    # FleetControl: places
    ("fleetcontrol:places", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:place-columns", ("fleet_id", in_fleet(200), in_fleet(302))),
    ("fleetcontrol:place-views", ("fleet_id", in_fleet(200), in_fleet(200))),
    ("fleetcontrol:place-export-csv", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:place-export-xlsx", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:place-create", ("fleet_id", WRITERS, WRITERS)),
    ("fleetcontrol:place", ("fleet_id pk", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:place-menu", ("fleet_id pk", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:place-edit", ("fleet_id pk", WRITERS, in_fleet(403, 400))),
    ("fleetcontrol:place-delete", ("fleet_id pk", WRITERS, in_fleet(403, 302))),
    ("fleetcontrol:place-restore", ("fleet_id pk", in_fleet(403, 409), in_fleet(403, 409))),
    # FleetControl: vehicles and settings
    ("fleetcontrol:vehicles", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:vehicle-filter", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:vehicle-columns", ("fleet_id", in_fleet(200), in_fleet(302))),
    ("fleetcontrol:vehicle-views", ("fleet_id", in_fleet(200), in_fleet(200))),
    ("fleetcontrol:vehicle-export-csv", ("fleet_id", in_fleet(200), in_fleet(200))),
    ("fleetcontrol:vehicle-export-xlsx", ("fleet_id", in_fleet(200), in_fleet(200))),
    ("fleetcontrol:vehicle-bulk", ("fleet_id change", WRITERS, WRITERS)),
    ("fleetcontrol:vehicle-create", ("fleet_id", WRITERS, WRITERS)),
    ("fleetcontrol:vehicle-follow", ("fleet_id", WRITERS, WRITERS)),
    (
        "fleetcontrol:vehicle-unit-assign",
        ("fleet_id vehicle_id", in_fleet(403, 409), in_fleet(403, 409)),
    ),
    ("fleetcontrol:vehicle-unit-swap", ("fleet_id vehicle_id", WRITERS, WRITERS)),
    ("fleetcontrol:vehicle-command", ("fleet_id vehicle_id", WRITERS, WRITERS)),
    ("fleetcontrol:vehicle-unit-remove", ("fleet_id vehicle_id", WRITERS, WRITERS)),
    *[
        (f"fleetcontrol:vehicle-{act}", ("fleet_id vehicle_id", WRITERS, WRITERS))
        for act in (
            "edit-data",
            "edit-model",
            "edit-custom-fields",
            "edit-tags",
            "edit-place",
            "edit-status",
            "archive",
        )
    ],
    (
        "fleetcontrol:vehicle-restore",
        ("fleet_id vehicle_id", in_fleet(403, 409), in_fleet(403, 409)),
    ),
    ("fleetcontrol:vehicle-detail", ("fleet_id vehicle_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:vehicle-menu", ("fleet_id vehicle_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:units", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:unit-filter", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:unit-columns", ("fleet_id", in_fleet(200), in_fleet(302))),
    ("fleetcontrol:units-retire", ("fleet_id", WRITERS, in_fleet(403, 400))),
    ("fleetcontrol:unit-export-csv", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:unit-export-xlsx", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:unit-enter", ("fleet_id", WRITERS, WRITERS)),
    ("fleetcontrol:unit-labels", ("fleet_id", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:unit", ("fleet_id qnr", in_fleet(200), in_fleet(405))),
    ("fleetcontrol:unit-hand-over", ("fleet_id qnr", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:unit-receive", ("fleet_id qnr", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:unit-retire", ("fleet_id qnr", in_fleet(403, 409), in_fleet(403, 409))),
    ("fleetcontrol:unit-bring-back", ("fleet_id qnr", WRITERS, in_fleet(403, 302))),
    ("fleetcontrol:settings", ("fleet_id", in_fleet(403, 302), None)),
    ("fleetcontrol:fleet-settings", ("fleet_id", ADMINS, ADMINS)),
    ("fleetcontrol:users", ("fleet_id", ADMINS, in_fleet(403, 403, 405))),
    ("fleetcontrol:users-second-factor", ("fleet_id", ADMINS, in_fleet(403, 403, 302))),
    ("fleetcontrol:user-invite", ("fleet_id", ADMINS, ADMINS)),
    ("fleetcontrol:user-role", ("fleet_id pk", ADMINS, ADMINS)),
    ("fleetcontrol:user-remove", ("fleet_id pk", ADMINS, in_fleet(403, 403, 302))),
    ("fleetcontrol:accesses", ("fleet_id", WRITERS, in_fleet(403, 405))),
    ("fleetcontrol:access", ("fleet_id access_id", WRITERS, in_fleet(403, 405))),
    ("fleetcontrol:access-filter", ("fleet_id", WRITERS, in_fleet(403, 405))),
    ("fleetcontrol:access-columns", ("fleet_id", WRITERS, in_fleet(403, 302))),
    ("fleetcontrol:access-export-csv", ("fleet_id", WRITERS, in_fleet(403, 405))),
    ("fleetcontrol:access-export-xlsx", ("fleet_id", WRITERS, in_fleet(403, 405))),
    ("fleetcontrol:api-clients", ("fleet_id", ADMINS, in_fleet(403, 403, 405))),
    ("fleetcontrol:api-client-new", ("fleet_id", ADMINS, ADMINS)),
    ("fleetcontrol:api-client", ("fleet_id client_id", ADMINS, in_fleet(403, 403, 405))),
    ("fleetcontrol:api-client-edit", ("fleet_id client_id", ADMINS, ADMINS)),
    ("fleetcontrol:api-client-secret", ("fleet_id client_id", ADMINS, ADMINS)),
    ("fleetcontrol:api-client-revoke", ("fleet_id client_id", ADMINS, in_fleet(403, 403, 302))),
    ("fleetcontrol:event-consumers", ("fleet_id", ADMINS, in_fleet(403, 403, 405))),
    ("fleetcontrol:event-consumer-kinds", ("fleet_id", ADMINS, in_fleet(403, 403, 405))),
    ("fleetcontrol:event-consumer-new", ("fleet_id kind", ADMINS, ADMINS)),
    ("fleetcontrol:event-consumer", ("fleet_id consumer_id", ADMINS, in_fleet(403, 403, 405))),
    ("fleetcontrol:event-consumer-edit", ("fleet_id consumer_id", ADMINS, ADMINS)),
    (
        "fleetcontrol:event-consumer-test",
        ("fleet_id consumer_id", ADMINS, in_fleet(403, 403, 302)),
    ),
    (
        "fleetcontrol:event-consumer-resume",
        ("fleet_id consumer_id", in_fleet(403, 403, 409), in_fleet(403, 403, 409)),
    ),
    ("fleetcontrol:event-consumer-replay", ("fleet_id consumer_id", ADMINS, ADMINS)),
    ("fleetcontrol:event-consumer-secret", ("fleet_id consumer_id", ADMINS, ADMINS)),
    ("fleetcontrol:event-consumer-again", ("fleet_id consumer_id", ADMINS, ADMINS)),
    (
        "fleetcontrol:event-delivery-again",
        (
            "fleet_id consumer_id delivery_id",
            in_fleet(403, 403, 409),
            in_fleet(403, 403, 409),
        ),
    ),
    (
        "fleetcontrol:event-consumer-remove",
        ("fleet_id consumer_id", ADMINS, in_fleet(403, 403, 302)),
    ),
    ("fleetcontrol:user-invitation-resend", ("fleet_id pk", in_fleet(404), in_fleet(404))),
    ("fleetcontrol:user-invitation-withdraw", ("fleet_id pk", in_fleet(404), in_fleet(404))),
    # Installers website
    ("smartcontrol:app", ("", everybody(200), NOT_SO)),
    ("smartcontrol:service-worker", ("", everybody(200), NOT_SO)),
    ("smartcontrol:manifest", ("", everybody(200), NOT_SO)),
    ("installers:home", ("", in_company(200, 200, 200, 200), in_company(405, 405, 405, 405))),
    ("installers:register", ("", in_company(302, 302, 302, 302), signed_in(405))),
    *[
        (
            f"installers:register_{step}",
            ("", in_company(302, 302, 302, 302), in_company(302, 302, 302, 302)),
        )
        for step in ("password", "company", "person", "agreement", "clients")
    ],
    ("installers:company", ("", OFFICE, OFFICE)),
    ("installers:company_agreement", ("", OFFICE, in_company(403, 405, 405, 403))),
    ("installers:company_delete", ("", OFFICE, OFFICE)),
    ("installers:company_second_factor", ("", OFFICE, in_company(403, 302, 302, 403))),
    (
        "installers:company_email_again",
        ("", in_company(403, 405, 405, 403), in_company(403, 302, 302, 403)),
    ),
    ("installers:company_email", ("token", NOTHING, NOTHING)),
    ("installers:users", ("", OFFICE, in_company(403, 405, 405, 403))),
    ("installers:user_invite", ("", OFFICE, OFFICE)),
    ("installers:user_role", ("pk", in_company(403, 200), in_company(403, 200))),
    ("installers:user_remove", ("pk", in_company(403, 200), in_company(403, 302))),
    ("installers:invitation_resend", ("pk", in_company(404, 404), in_company(404, 404))),
    ("installers:invitation_withdraw", ("pk", in_company(404, 404), in_company(404, 404))),
    ("installers:clients", ("", OFFICE, in_company(403, 405, 405, 403))),
    *[
        (f"installers:client_{act}", ("pk", in_company(403, 200), in_company(403, 302)))
        for act in ("accept", "decline", "delete")
    ],
    ("installers:units", ("", OFFICE, in_company(403, 405, 405, 403))),
    ("installers:jobs", ("", OFFICE, in_company(403, 405, 405, 403))),
    ("installers:job", ("pk", in_company(403, 200), in_company(403, 405))),
    ("installers:job_photo", ("pk photo_id", in_company(403, 200), in_company(403, 405))),
    ("installers:job_withdraw", ("pk", in_company(403, 200), in_company(403, 302))),
    ("installers:job_handback", ("pk", in_company(403, 200), in_company(403, 200))),
    ("installers:job_handback_refuse", ("pk", in_company(403, 200), in_company(403, 200))),
    ("installers:job_reserve", ("pk", in_company(403, 200), in_company(403, 302))),
    # SmartControl
    ("smartcontrol-api:me", ("", by_api(200, 200), by_api(405, 405))),
    ("smartcontrol-api:clients", ("", by_api(403, 200), by_api(405, 405))),
    ("smartcontrol-api:unit-check", ("qnr", by_api(400, 400), by_api(405, 405))),
    ("smartcontrol-api:vehicle-models", ("", by_api(200, 200), by_api(405, 405))),
    ("smartcontrol-api:jobs", ("", by_api(403, 200), by_api(405, 405))),
    ("smartcontrol-api:counts", ("", by_api(403, 200), by_api(405, 405))),
    ("smartcontrol-api:index", ("", by_api(403, 200), by_api(405, 405))),
    ("smartcontrol-api:job", ("id", OF_JOB, NO_METHOD)),
    ("smartcontrol-api:assignment", ("id", NO_METHOD, of_job(200, 409, 409))),
    ("smartcontrol-api:handback", ("id", NO_METHOD, of_job(403, 403, 409))),
    ("smartcontrol-api:unit", ("id", NO_METHOD, NO_METHOD)),
    ("smartcontrol-api:fields", ("id", NO_METHOD, NO_METHOD)),
    ("smartcontrol-api:tests", ("id", OF_JOB, of_job(400, 409, 409))),
    ("smartcontrol-api:test", ("id kind", NO_METHOD, NO_METHOD)),
    ("smartcontrol-api:confirmation", ("id kind", NO_METHOD, of_job(400, 409, 409))),
    ("smartcontrol-api:photos", ("id", OF_JOB, of_job(400, 409, 409))),
    ("smartcontrol-api:photo", ("id photo_id", OF_JOB, NO_METHOD)),
    ("smartcontrol-api:access", ("id", NO_METHOD, of_job(200, 409, 409))),
    ("smartcontrol-api:outcome", ("id", NO_METHOD, of_job(400, 409, 409))),
    ("smartcontrol-api:state", ("vehicle_id", of_job(200, 404, 404), NO_METHOD)),
    (
        "smartcontrol-api:command",
        ("vehicle_id command", of_job(404, 404, 404), of_job(400, 404, 404)),
    ),
    ("smartcontrol-api:nothing", ("", by_api(404, 404), by_api(404, 404))),
    ("smartcontrol-api:schema", ("", everybody(200), NOT_SO)),
    # OneAPI: machines alone (tests/fleetcontrol/test_import_api.py, test_vehicles_api.py)
    *(
        (f"oneapi:{name}", (takes, everybody(401), everybody(401)))
        for name, takes in {
            "vehicles": "",
            "vehicles-bulk": "",
            "vehicles-custom-fields": "",
            "vehicle-models": "",
            "telematics-units": "",
            "telematics-unit": "qnr",
            "vehicle": "vehicle_id",
            **{f"vehicle-{part}": "vehicle_id" for part in PARTS},
        }.items()
    ),
    ("oneapi:vehicle-command", ("vehicle_id name", everybody(401), everybody(401))),
    ("oneapi:command", ("id", everybody(401), everybody(401))),
    ("oneapi:vehicle-model", ("id", everybody(401), everybody(401))),
    *(
        (f"oneapi:{name}", (takes, everybody(401), everybody(401)))
        for name, takes in {
            "jobs": "",
            "jobs-bulk": "",
            "job": "job_id",
            "job-assignment": "job_id",
            "job-handback-request": "job_id",
            "job-access-stop": "job_id",
            "job-imports": "",
            "job-import": "import_id",
            "job-templates": "",
            "partners": "",
            "messages": "",
            "message-types": "",
        }.items()
    ),
    ("oneapi:nothing", ("", everybody(401), everybody(401))),
    ("oneapi:schema", ("", everybody(200), NOT_SO)),
]


def place(job, partnership, company_admin, installer):
    """What the addresses of the scene are made of."""
    draft = JobImport.objects.preview(
        job.created_by, fleet=job.fleet, name="jobs.csv", content=b"vin,custom_name\nWRONG,A\n,B\n"
    )
    template = JobTemplate.objects.create(fleet=job.fleet, name="Golf")
    preset = ConfigurationPreset.objects.create(fleet=job.fleet, name="All on")
    site = Place.objects.create(fleet=job.fleet, name="Depot North")
    by = job.created_by
    roll_out = RollOutFactory(by=by, fleet=job.fleet, name="Spring", owner=by)
    run = BulkRun.objects.begin("DELETE", None, fleet=job.fleet, by=job.created_by, total=0)
    client, _secret = ApiClient.objects.issue(
        fleet=job.fleet, name="sync", scopes=["jobs:read"], by=None
    )
    consumer = EventConsumer.objects.add(
        fleet=job.fleet,
        kind=Kind.WEBHOOK,
        name="sync",
        topics=["JobChanged"],
        url="https://hooks.example.com/",
        by=None,
    )
    delivery = WebhookDelivery.objects.create(
        consumer=consumer, message_id=new_ulid(), sequence=1, status="DELIVERED"
    )
    viewer = job.fleet.memberships.filter(role="VIEWER").first()
    everything = {
        "partnership_id": partnership.pk,
        "run_id": run.pk,
        "fleet_id": job.fleet_id,
        "job_id": job.pk,
        "photo_id": JobPhotoFactory(job=job).pk,
        "access_id": job.accesses.get().pk,
        "id": job.pk,
        "vehicle_id": job.vehicle_id,
        "qnr": job.unit_id,
        "token": "x" * 43,
        "code": "not_found",
        "command": "lock-central-lock",
        "what": "companies",
        "import_id": draft.pk,
        "client_id": client.pk,
        "consumer_id": consumer.pk,
        "delivery_id": delivery.pk,
        "name": "template",
        "page": "simulatedunit/",
    }

    def arguments(name: str, takes: str) -> dict:
        special = {
            "kind": "CONNECTIVITY" if "-api:" in name else "installation",
            "action": "assign",
            "change": "tags",
        }
        if name == "fleetcontrol:event-consumer-new":
            special["kind"] = "feed"
        kinds = {
            "installers:user_": installer.company_memberships.get(),
            "installers:client_": partnership,
            "installers:job": job,
            "fleetcontrol:template": template,
            "fleetcontrol:preset": preset,
            "fleetcontrol:place": site,
            "fleetcontrol:roll_out": roll_out,
            "fleetcontrol:user-r": viewer or partnership,
            "notification": job,
        }
        special["pk"] = next((row.pk for start, row in kinds.items() if name.startswith(start)), 0)
        if name in ("notices-moved", "operator-acts-moved"):
            special["page"] = "/"
        if name in ("api-guide", "api-reference"):
            special["name"] = "smartcontrol"
        return {name: {**everything, **special}[name] for name in takes.split()}

    return arguments
