"""What operators do is recorded, and read by the fleets and companies that it concerns."""

import pytest

from accounts.models import ApiClient, Company, Fleet, MobilityProvider, OperatorAction, User
from accounts.models.operator_action import tenants_of
from jobs.models import ConfigurationPreset, Job, JobTemplate
from telematics.models import Unit
from tests.accounts.test_admin import act, address
from tests.factories.telematics import UnitFactory
from tests.telematics.test_admin_import import upload

REASON = "Asked by phone."


@pytest.fixture
def api_client(fleet, fleet_admin):
    return ApiClient.objects.issue(fleet=fleet, name="sync", scopes=["vehicles"], by=fleet_admin)[0]


@pytest.mark.parametrize(
    ("row", "fleets", "companies"),
    [
        ("manager", ["fleet"], []),
        ("installer", [], ["company"]),
        ("company", [], ["company"]),
        ("fleet", ["fleet"], []),
        ("provider", ["fleet", "second_fleet"], []),
        ("api_client", ["fleet"], []),
    ],
)
def test_who_or_what_is_suspended_is_out_at_once_and_the_tenant_reads_it(
    request, operator_client, fleet, second_fleet, company, row, fleets, companies
):
    target = fleet.provider if row == "provider" else request.getfixturevalue(row)
    act(operator_client, "suspend", target)
    target.refresh_from_db()
    assert target.suspended_at
    acts = OperatorAction.objects.filter(what="SUSPEND")
    assert {pk for pk in acts.values_list("fleet", flat=True) if pk} == {
        request.getfixturevalue(name).pk for name in fleets
    }
    assert {pk for pk in acts.values_list("company", flat=True) if pk} == {
        request.getfixturevalue(name).pk for name in companies
    }
    assert set(acts.values_list("subject", "reason")) == {(str(target), REASON)}
    act(operator_client, "reinstate", target)
    target.refresh_from_db()
    assert target.suspended_at is None
    assert OperatorAction.objects.filter(what="REINSTATE").count() == acts.count()


def test_a_suspended_client_is_out_and_comes_back(operator_client, api_client):
    act(operator_client, "suspend", api_client)
    assert not ApiClient.objects.working().exists()
    act(operator_client, "reinstate", api_client)
    assert ApiClient.objects.working().get() == api_client


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("suspend", "manager"),
        ("reset_second_factor", "manager"),
        ("revoke", "api_client"),
        ("end", "partnership"),
    ],
)
def test_what_takes_something_away_needs_a_reason(request, operator_client, name, row):
    target = request.getfixturevalue(row)
    before = type(target).objects.values().get(pk=target.pk)
    page = act(operator_client, name, target, reason=" ")
    assert b"Enter a reason" in page.content
    assert type(target).objects.values().get(pk=target.pk) == before
    assert not OperatorAction.objects.exists()


def test_a_change_in_a_form_names_the_fields(operator_client, company, fleet):
    operator_client.post(
        address(Company, "change", company.pk), {"name": "Other", "require_second_factor": "on"}
    )
    told = company.operator_actions.get()
    assert (told.what, told.subject) == ("CHANGE", "Other")
    assert "Company name" in told.details
    form = {"provider": fleet.provider_id, "name": "Berlin", "time_zone": "UTC"}
    operator_client.post(address(Fleet, "change", fleet.pk), form)
    assert fleet.operator_actions.get().details == "Time zone"


def test_a_form_saved_without_a_change_tells_nothing(operator_client, company):
    operator_client.post(address(Company, "change", company.pk), {"name": company.name})
    assert not OperatorAction.objects.exists()


def test_a_new_provider_tells_its_fleet_who_made_it(operator_client, operator):
    rows = {"fleets-TOTAL_FORMS": "1", "fleets-INITIAL_FORMS": "0", "fleets-0-name": "Hamburg"}
    operator_client.post(
        address(MobilityProvider, "add"),
        {"name": "New", "fleets-0-time_zone": "Europe/Berlin"} | rows,
    )
    told = Fleet.objects.get(name="Hamburg").operator_actions.get()
    assert (told.what, told.operator, told.subject) == ("ADD", operator, "New")


def test_an_act_that_concerns_no_tenant_is_kept_too(operator_client, operator):
    act(operator_client, "suspend", User.objects.create_user("nobody@example.com"))
    told = OperatorAction.objects.get()
    assert (told.fleet, told.company) == (None, None)


def test_both_sides_of_a_partnership_read_of_its_end(operator_client, partnership, fleet, company):
    act(operator_client, "end", partnership)
    assert fleet.operator_actions.get().what == company.operator_actions.get().what == "END"


def test_the_end_is_told_where_the_person_was_before(
    operator_client, company, company_admin, installer
):
    act(operator_client, "remove", installer.company_membership)
    assert tenants_of(User.objects.get(pk=installer.pk)) == []
    assert company.operator_actions.get().reason == REASON


def close(client, company, **form):
    selected = {"action": "close", "_selected_action": [company.pk]}
    return client.post(address(Company, "changelist"), selected | form, follow=True)


def test_closing_a_company_asks_for_its_name_and_a_reason(
    operator_client, company, company_admin, partnership, running_job
):
    question = close(operator_client, company)
    assert str(company_admin) in question.content.decode()
    for form in ({"name": "Wrong", "why": REASON}, {"name": company.name, "why": ""}):
        assert close(operator_client, company, **form).context["form"].errors
    company.refresh_from_db()
    assert company.closed_at is None

    close(operator_client, company, name=company.name, why=REASON)
    company.refresh_from_db()
    assert company.closed_at
    assert Job.objects.get(pk=running_job.pk).status == "PENDING"
    assert (
        partnership.fleet.operator_actions.get().reason
        == company.operator_actions.get().reason
        == REASON
    )


def test_only_one_company_is_closed_at_a_time(operator_client, company, other_company):
    selected = {"action": "close", "_selected_action": [company.pk, other_company.pk]}
    operator_client.post(address(Company, "changelist"), selected)
    assert not Company.objects.exclude(closed_at=None).exists()


# --- what a fleet works with ------------------------------------------------------------------------------------------
def of(fleet) -> list[tuple[str, str]]:
    return [(told.what, told.subject) for told in fleet.operator_actions.order_by("pk")]


def test_an_import_of_units_is_one_act_for_each_fleet_with_their_number(
    operator_client, fleet, other_fleet, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    settings.ZEAL_ALLOWLIST = [
        *settings.ZEAL_ALLOWLIST,
        {"model": "accounts.Fleet"},
    ]  # the library reads row by row
    moved = UnitFactory(fleet=fleet)
    rows = [f"00000000000000A{digit},{fleet.pk}" for digit in range(3)]
    upload(operator_client, "unit", "\n".join(["qnr,fleet", *rows, f"{moved.pk},{other_fleet.pk}"]))
    assert (of(fleet), of(other_fleet)) == ([("IMPORT", "4 × Units")], [("IMPORT", "1 × Units")])
    assert Unit.objects.filter(fleet=fleet).count() == 3

    upload(operator_client, "unit", "\n".join(["qnr,fleet", *rows]))
    assert len(of(fleet)) == 1, "nothing changed"


def test_a_unit_that_changes_its_fleet_is_told_to_both(
    operator_client, fleet, other_fleet, monkeypatch
):
    monkeypatch.setattr("telematics.simulator.person.plays_here", lambda: False)
    unit = UnitFactory(fleet=fleet)
    answer = operator_client.post(address(Unit, "change", unit.pk), {"fleet": other_fleet.pk})
    assert answer.status_code == 302, answer.context["errors"]
    assert of(fleet) == of(other_fleet) == [("CHANGE", str(unit))]


def test_retired_units_are_one_act_for_each_fleet(operator_client, fleet, other_fleet):
    units = [*UnitFactory.create_batch(2, fleet=fleet), UnitFactory(fleet=other_fleet)]
    act(operator_client, "retire", *units)
    act(operator_client, "retire", *units)
    assert (of(fleet), of(other_fleet)) == ([("RETIRE", "2 × Units")], [("RETIRE", "1 × Units")])


@pytest.mark.parametrize("model", [JobTemplate, ConfigurationPreset])
def test_what_a_fleet_has_saved_is_not_changed_behind_its_back(operator_client, fleet, model):
    form = {"fleet": fleet.pk, "name": "Vans", "vehicle_model": ""}
    answer = operator_client.post(address(model, "add"), form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    operator_client.post(address(model, "change", model.objects.get().pk), form | {"name": "Cars"})
    assert of(fleet) == [("ADD", "Vans"), ("CHANGE", "Cars")]


def test_a_bookmark_of_the_old_page_still_leads_to_the_actions(operator_client):
    page = operator_client.get("/admin/accounts/operatoract/?what=ADD", follow=True)
    assert page.redirect_chain == [("/admin/accounts/operatoraction/?what=ADD", 302)]
    assert page.status_code == 200
