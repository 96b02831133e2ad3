"""The company's page: the agreement that was accepted, and who can be removed."""

import pytest

from tests.factories.accounts import AgreementFactory, CompanyMembershipFactory


def test_the_accepted_agreement_is_read_again_under_company(company_admin_client, company):
    signature = company.signatures.first()
    page = company_admin_client.get("/installers/company/").content.decode()
    url = f"/installers/company/agreement/?version={signature.agreement.version}"
    assert f'href="{url}"' in page
    again = company_admin_client.get(url).content.decode()
    assert signature.name in again
    assert signature.agreement.text.split()[0] in again


@pytest.mark.parametrize("version", ["99", "nonsense", "1; DROP"])
def test_only_a_version_that_the_company_has_accepted_is_shown(version, company_admin_client):
    url = "/installers/company/agreement/"
    assert company_admin_client.get(url, {"version": version}).status_code == 404


def test_the_newest_accepted_version_is_shown_while_a_newer_one_waits(
    company_admin_client, company
):
    AgreementFactory(version=77, text="Newer")
    page = company_admin_client.get("/installers/company/agreement/").content.decode()
    assert "Newer" not in page


@pytest.mark.parametrize(
    ("who", "url"), [("company_admin", "/installers/users/"), ("fleet_admin", "fleet")]
)
def test_the_last_admin_cannot_be_removed_and_the_page_says_why(who, url, request, fleet, company):
    client = request.getfixturevalue(f"{who}_client")
    url = f"/fleetcontrol/{fleet.pk}/settings/users/" if url == "fleet" else url
    why = "The last admin cannot be removed. Make someone else an admin first."
    page = client.get(url).content.decode()
    row = page.partition(why)[0].rpartition("<tr>")[2]
    assert why in page
    assert "/remove/" not in row
    assert "disabled" in row


def test_with_two_admins_each_can_be_removed(company_admin_client, company):
    CompanyMembershipFactory(company=company, role="ADMIN")
    page = company_admin_client.get("/installers/users/").content.decode()
    assert "The last admin cannot be removed" not in page
    assert page.count("/remove/") == 2
