"""The import's pages: upload, preview, question, result, files. Without scripts, as a form would post them."""

import io
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from openpyxl import load_workbook

from jobs.importing.columns import COLUMNS
from jobs.models import Job, JobImport, JobTemplate
from tests.factories.accounts import CompanyFactory, PartnershipFactory
from tests.factories.telematics import PlaceFactory, UnitFactory, VehicleModelFactory
from tests.jobs.importing.books import book

CASES = Path(__file__).parents[1] / "jobs" / "importing" / "cases"
GOOD = "vin,custom_name\nWVWZZZ1KZAW000001,One\n,Two\n"
BAD = 'vin,custom_name,instructions\nWRONG,One,"=HYPERLINK(1)"\n,Two,\n'


def url(name, fleet, *args):
    return reverse(f"fleetcontrol:{name}", args=[fleet.pk, *args])


@pytest.fixture
def upload(manager_client, fleet):
    def post(content, name="jobs.csv", client=manager_client, **options):
        file = io.BytesIO(content.encode() if isinstance(content, str) else content)
        file.name = name
        return client.post(url("job-import", fleet), {"file": file, **options})

    return post


@pytest.fixture
def draft(upload):
    def make(content=GOOD, **options):
        answer = upload(content, **options)
        assert answer.status_code == 302, answer.context["form"].errors
        return JobImport.objects.latest("pk")

    return make


@pytest.fixture
def confirm(manager_client, fleet):
    def post(job_import, **told):
        told = {"version": job_import.version, **told}
        return manager_client.post(
            url("job-import-confirm", fleet, job_import.pk), told, follow=True
        )

    return post


def shown(client, fleet, job_import, **query):
    answer = client.get(url("job-import-preview", fleet, job_import.pk), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_upload_preview_confirm_result(manager_client, fleet, draft, confirm):
    job_import = draft()
    page = shown(manager_client, fleet, job_import)
    assert "2 rows: 2 ready, 0 with errors." in page
    assert "Import Installation Jobs" in page
    assert not Job.objects.exists()

    answer = confirm(job_import)

    assert "2 installation jobs were imported." in answer.content.decode()
    assert Job.objects.filter(job_import=job_import).count() == 2
    listing = manager_client.get(url("installation_jobs", fleet), {"job_import": job_import.pk})
    assert ">One</a>" in listing.content.decode()
    assert ">Two</a>" in listing.content.decode()
    assert "jobs.csv" in manager_client.get(url("job-imports", fleet)).content.decode()


def test_confirming_twice_says_so_and_creates_nothing(draft, confirm):
    job_import = draft()
    confirm(job_import)
    assert "Nothing was created twice." in confirm(job_import).content.decode()
    assert Job.objects.count() == 2


def test_the_same_file_again_says_so_first(manager_client, fleet, draft, confirm):
    confirm(draft())
    assert "This file was already imported on" in shown(manager_client, fleet, draft())


def test_bad_rows_are_listed_first_grouped_and_paged(manager_client, fleet, draft):
    job_import = draft(
        "vin,custom_name\n" + "".join(f"WRONG{n},N\n" for n in range(60)) + ",Good\n"
    )
    page = shown(manager_client, fleet, job_import)
    assert "61 rows: 1 ready, 60 with errors." in page
    assert "60 rows" in page
    assert "WRONG0" in page
    assert "WRONG55" not in page
    assert "WRONG55" in shown(manager_client, fleet, job_import, list="errors", page=2)
    assert "Good" in shown(manager_client, fleet, job_import, list="rows")


def test_only_the_valid_rows_on_request(manager_client, fleet, draft, confirm):
    job_import = draft(BAD)
    assert "Some rows have errors" in confirm(job_import).content.decode()
    assert not Job.objects.exists()
    confirm(job_import, valid_rows_only=1)
    assert [job.custom_name for job in Job.objects.all()] == ["Two"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_rows_to_correct_come_back_mended(kind, manager_client, fleet, draft, confirm):
    job_import = draft(BAD)
    confirm(job_import, valid_rows_only=1)
    file = manager_client.get(url(f"job-import-errors-{kind}", fleet, job_import.pk))
    assert "attachment" in file.headers["Content-Disposition"]
    if kind == "csv":
        text = file.content.decode("utf-8-sig")
        assert "#FORMULA! =HYPERLINK(1)" in text
        mended = text.replace("WRONG", "WVWZZZ1KZAW000001").replace(
            "#FORMULA! =HYPERLINK(1)", "Call first"
        )
    else:
        rows = [
            [cell or "" for cell in row]
            for row in load_workbook(io.BytesIO(file.content)).active.values
        ]
        assert rows[1][1:] == ["WRONG", "One", "#FORMULA! =HYPERLINK(1)"]
        mended = book(rows[0], [rows[1][0], "WVWZZZ1KZAW000001", "One", "Call first"])
    second = draft(mended)
    assert (second.total, second.problems) == (1, 0)
    confirm(second)
    assert sorted(Job.objects.values_list("custom_name", "instructions")) == [
        ("One", "Call first"),
        ("Two", ""),
    ]


def test_the_next_file_begins_with_what_was_chosen_for_the_last(
    manager_client, fleet, draft, partnership, second_fleet, manager
):
    template = JobTemplate.objects.create(fleet=fleet, name="Sharing")
    before = draft(BAD, template=template.pk, prefer_template="on", company=partnership.company.pk)
    again = url("job-import", fleet) + f"?after={before.pk}"
    assert again in shown(manager_client, fleet, before)
    assert manager_client.get(again).context["form"].initial == {
        "template": template,
        "prefer_template": True,
        "company": partnership.company,
    }
    second_fleet.memberships.create(user=manager, role="MANAGER")
    for place, after in [(second_fleet, before.pk), (fleet, "nonsense"), (fleet, "0" * 26)]:
        assert (
            manager_client.get(url("job-import", place), {"after": after}).context["form"].initial
            == {}
        )


def test_an_unknown_column_is_mapped_by_hand(manager_client, fleet, draft, confirm):
    job_import = draft("kenzeichen,colour\nB QX 1,red\n")
    page = shown(manager_client, fleet, job_import)
    assert "Unknown column." in page
    assert "Import Installation Jobs</button>" not in page
    chosen = {"column_0": "license_plate", "column_1": "-"}
    manager_client.post(url("job-import-preview", fleet, job_import.pk), chosen)
    job_import.refresh_from_db()
    assert (job_import.problems, job_import.good, job_import.version) == (0, 1, 2)
    confirm(job_import)
    assert Job.objects.get().license_plate == "B QX 1"


@pytest.fixture
def apply(manager_client, fleet):
    """Post choices of the preview, as its form does, and return the page that follows."""

    def post(job_import, **chosen):
        address = url("job-import-preview", fleet, job_import.pk)
        answer = manager_client.post(address, chosen, follow=True)
        assert answer.status_code == 200
        job_import.refresh_from_db()
        return answer.content.decode()

    return post


def field_of(page, text):
    """The name of the field whose label is this text of the file."""
    return re.search(rf'<label for="id_([^"]+)">{re.escape(escape(text))}</label>', page)[1]


def test_the_suggestions_are_taken_at_once_and_only_when_asked(manager_client, fleet, draft, apply):
    model = VehicleModelFactory(brand="Volkswagen", model="ID.3")
    rows = "".join(f"B QX {n},Volkswagen ID3x\n" for n in range(200))
    job_import = draft(f"license_plate,vehicle_model_id\n{rows}")
    page = shown(manager_client, fleet, job_import)
    assert "Use the suggestions (200)" in page
    assert job_import.good == 0
    page = apply(job_import, use_suggestions="on")
    assert "200 rows: 200 ready, 0 with errors." in page
    assert "Use the suggestions" not in page
    assert {values["vehicle_model"] for _row, values in job_import.file.rows} == {model.pk}


def test_a_value_is_decided_once_for_all_its_rows_and_can_be_decided_again(
    manager_client, fleet, draft, apply
):
    rows = "".join(f"B QX {n},Kraftstoff 7\n" for n in range(30))
    job_import = draft(f"license_plate,fuel_type\n{rows}")
    name = field_of(shown(manager_client, fleet, job_import), "Kraftstoff 7")
    page = apply(job_import, **{name: "PETROL"})
    assert "30 rows: 30 ready, 0 with errors." in page
    kept = JobImport.objects.get(pk=job_import.pk).file.rows
    assert {values["fuel_type"] for _row, values in kept} == {"PETROL"}
    assert '<option value="PETROL" selected>' in page
    apply(job_import, **{name: "-"})
    kept = JobImport.objects.get(pk=job_import.pk).file.rows
    assert {values.get("fuel_type") for _row, values in kept} == {None}
    apply(job_import, **{name: ""})
    assert job_import.good == 0


def test_what_stands_for_nothing_is_no_suggestion(manager_client, fleet, draft, apply):
    job_import = draft("license_plate,tracking\nB QX 1,n/a\nB QX 2,on\n")
    page = shown(manager_client, fleet, job_import)
    assert "Use the suggestions" not in page
    apply(job_import, **{field_of(page, "n/a"): "-"})
    assert job_import.good == 2


def test_decided_values_are_in_the_file_of_rows_to_correct(manager_client, fleet, draft, apply):
    job_import = draft("vin,fuel_type\nWRONG,Sprit\n,Sprit\n")
    apply(job_import, **{field_of(shown(manager_client, fleet, job_import), "Sprit"): "PETROL"})
    assert job_import.good == 1
    file = manager_client.get(url("job-import-errors-csv", fleet, job_import.pk))
    assert '"WRONG","PETROL"' in file.content.decode("utf-8-sig")


def test_hidden_rows_are_asked_about_with_two_buttons(manager_client, fleet, draft, apply):
    job_import = draft((CASES / "pb21-filtered-rows.xlsx").read_bytes(), name="list.xlsx")
    page = shown(manager_client, fleet, job_import)
    assert "3 of 6 rows are hidden in the sheet." in page
    assert "Import Installation Jobs</button>" not in page
    assert "Only the visible ones are imported." in apply(job_import, hidden_rows="visible")
    assert (job_import.good, job_import.total) == (3, 3)
    apply(job_import)
    assert job_import.good == 3, "a decision stays until another one is made"
    assert "All of them are imported." in apply(job_import, hidden_rows="all")
    assert job_import.good == 6


def test_a_list_without_headings_is_read_by_what_its_columns_are_said_to_be(
    manager_client, fleet, draft, apply, confirm
):
    rows = "".join(f"B-QX {n};WVWZZZ1KZAW{n:06};Hof Süd\n" for n in range(10, 15))
    job_import = draft(rows)
    page = shown(manager_client, fleet, job_import)
    assert "No row with headings was found." in page
    assert "B-QX 10 · B-QX 11 · B-QX 12" in page
    assert re.search(r'<option value="license_plate" selected>', page)
    assert re.search(r'<option value="vin" selected>', page)
    chosen = {"column_0": "license_plate", "column_1": "vin", "column_2": "location"}
    apply(job_import, header_row="0", **chosen)
    assert (job_import.total, job_import.good) == (5, 5)
    confirm(job_import)
    assert sorted(Job.objects.values_list("license_plate", flat=True))[0] == "B-QX 10"


def test_another_row_can_be_chosen_as_the_header(manager_client, fleet, draft, apply):
    job_import = draft("colour;size\nred;1\nKennzeichen;Ort\nB QX 1;Hof\n")
    assert (job_import.total, job_import.good) == (1, 1)
    apply(job_import, header_row="1", column_0="license_plate", column_1="location")
    assert job_import.total == 3
    assert job_import.columns == {}, "what was decided on the columns of another header is void"
    apply(job_import, header_row="3")
    assert job_import.good == 1


def test_a_header_without_rows_below_it_is_refused_with_its_reason(manager_client, fleet, draft):
    job_import = draft("colour;size\nred;1\nKennzeichen;Ort\nB QX 1;Hof\n")
    preview = url("job-import-preview", fleet, job_import.pk)
    refused = manager_client.post(preview, {"header_row": "4"})
    assert refused.status_code == 409
    reason = "The file cannot be read. The file has a header but no rows below it."
    assert reason in refused.content.decode()
    job_import.refresh_from_db()
    assert job_import.good == 1, "the preview stays as it was"


def test_the_encoding_is_named_with_words_as_proof_and_can_be_changed(
    manager_client, fleet, draft, apply
):
    content = "Kennzeichen;Ort\nB QX 1;Łódź\nB QX 2;Śródmieście\n".encode("cp1250")
    job_import = draft(content)
    page = shown(manager_client, fleet, job_import)
    assert "Read as Windows-1250" in page
    assert "Łódź, Śródmieście" in page
    assert "Read as Windows-1252" in apply(job_import, encoding="windows-1252")


def test_an_unclear_encoding_is_refused_until_one_is_chosen(upload, fleet):
    content = "Kennzeichen;Ort\nB QX 1;Tromsø\n".encode("cp1252")
    answer = upload(content)
    page = answer.content.decode()
    assert "Windows-1252 (Tromsø)" in page
    assert 'name="encoding"' in page
    assert upload(content, encoding="windows-1252").status_code == 302
    assert JobImport.objects.get().file.rows[0][1]["location"] == "Tromsø"


def test_the_preview_shows_every_column_that_is_written_and_no_other(manager_client, fleet, draft):
    header = "license_plate,brand,model,year_of_production,instructions,contact"
    page = shown(manager_client, fleet, draft(f"{header}\nB QX 1,smart,#1,2024,Call first,\n"))
    table = page[page.index('id="list"') :]
    heads = re.findall(r'<th scope="col">([^<]*)</th>', table)
    labels = ["Licence plate", "Brand", "Model", "Year of production", "Instructions"]
    assert heads == labels
    assert "Call first" in table


def test_the_same_rows_with_other_line_ends_are_the_same_file(
    manager_client, fleet, draft, confirm
):
    confirm(draft(GOOD))
    again = draft(GOOD.replace("\n", "\r\n").replace(",", ";"))
    assert "This file was already imported on" in shown(manager_client, fleet, again)
    other = draft(GOOD.replace("Two", "Three"))
    assert "This file was already imported on" not in shown(manager_client, fleet, other)


def test_template_differences_and_prefer_template_data(manager_client, fleet, draft, confirm):
    template = JobTemplate.objects.create(fleet=fleet, name="Sharing", brand="Audi")
    job_import = draft("custom_name,brand\nA,BMW\n", template=template.pk)
    page = shown(manager_client, fleet, job_import)
    assert "The file and the template differ" in page
    assert 'form="choices" name="prefer_template"' in page
    manager_client.post(
        url("job-import-preview", fleet, job_import.pk),
        {"template": template.pk, "prefer_template": "on"},
    )
    job_import.refresh_from_db()
    confirm(job_import)
    assert Job.objects.get().brand == "Audi"


def test_with_a_company_the_same_question_is_asked(fleet, draft, confirm, partnership):
    job_import = draft(company=partnership.company.pk)
    asked = confirm(job_import).content.decode()
    assert "nobody in the fleet can change or cancel the jobs" in asked
    assert "2 jobs go to" in asked
    assert "These become locked for the installer:" in asked
    assert not Job.objects.exists()
    confirm(job_import, confirmed=1)
    assert {job.company for job in Job.objects.all()} == {partnership.company}


def test_the_question_names_the_partners_that_may_override(
    fleet, draft, confirm, partnership, manager
):
    partnership.set_override(True, by=manager)
    asked = confirm(draft(company=partnership.company.pk)).content.decode()
    assert f"These are set; {partnership.company} may override them:" in asked
    other = PartnershipFactory(fleet=fleet, company=CompanyFactory(name="Strict & Co"))
    rows = "".join(f"A,{link.company_id}\n" for link in (partnership, other))
    asked = confirm(draft(f"custom_name,assigned_installer_company_id\n{rows}")).content.decode()
    assert (
        f"These become locked for the installer; only {partnership.company} may override them:"
        in asked
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("custom_name\nA\n", "1 row: 1 ready, 0 with errors."),
        ("custom_name\nA\nB\n", "2 rows: 2 ready, 0 with errors."),
        (
            "custom_name,colour\nA,red\n",
            "1 row. Decide what the unknown columns mean, then import.",
        ),
        (
            "custom_name,colour\nA,red\nB,\n",
            "2 rows. Decide what the unknown columns mean, then import.",
        ),
    ],
)
def test_the_summary_counts_in_words(content, said, manager_client, fleet, draft):
    assert said in shown(manager_client, fleet, draft(content))


def test_the_original_file_is_kept_for_download_as_it_came(
    manager_client, viewer_client, fleet, draft, confirm
):
    job_import = draft(BAD, name="Fleet März.csv")
    for client, done in [(manager_client, False), (viewer_client, True)]:
        if done:
            confirm(job_import, valid_rows_only=1)
        assert "Original file" in shown(client, fleet, job_import)
        file = client.get(url("job-import-original", fleet, job_import.pk))
        assert file.content == BAD.encode()
        assert file["Content-Type"] == "application/octet-stream"
        assert "attachment; filename*=utf-8''Fleet%20M%C3%A4rz.csv" in file["Content-Disposition"]
    job_import.file.delete()
    assert "Original file" not in shown(viewer_client, fleet, job_import)
    assert viewer_client.get(url("job-import-original", fleet, job_import.pk)).status_code == 404


def test_past_imports_tell_created_and_rejected(manager_client, fleet, draft, confirm):
    confirm(draft("vin,custom_name\nWRONG,One\n,Two\nBAD,Three\n"), valid_rows_only=1)
    page = manager_client.get(url("job-imports", fleet)).content.decode()
    for label, number in [("Rows", 3), ("Jobs", 1), ("Not imported", 2)]:
        assert f'data-label="{label}">{number}</td>' in page


def test_what_changed_in_the_meantime_is_shown_at_its_row(
    manager_client, manager, fleet, unit, draft, confirm
):
    job_import = draft(f"custom_name,planned_unit\nA,{unit.pk}\n")
    Job.objects.create_by(manager, fleet=fleet, planned_unit=unit)
    page = confirm(job_import).content.decode()
    assert "Units in this file are no longer available" in page
    assert "it is reserved by another open job" in page


def test_a_stale_preview_is_not_imported(manager, draft, confirm):
    job_import = draft()
    JobImport.objects.get(pk=job_import.pk).recheck(by=manager, options=job_import.options())
    assert "The preview has changed" in confirm(job_import).content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "٣", "-1", "9" * 50])
def test_a_version_that_is_none_is_stale(version, draft, confirm):
    assert "The preview has changed" in confirm(draft(), version=version).content.decode()


def test_an_unreadable_file_is_an_error_at_the_field(upload):
    answer = upload(b"\x89PNG\r\n\0\0")
    assert answer.status_code == 200
    assert "This is not a text file" in answer.content.decode()
    assert not JobImport.objects.exists()
    assert "required" in upload("", name="").content.decode()


def test_ids_of_other_fleets_are_no_choice(upload, other_fleet, other_company):
    theirs = JobTemplate.objects.create(fleet=other_fleet, name="Theirs")
    answer = upload(GOOD, template=theirs.pk, company=other_company.pk)
    assert set(answer.context["form"].errors) == {"template", "company"}


PAGES = ["job-import", "job-imports", "job-import-help"]
OF_ONE = ["job-import-preview", "job-import-original", "job-import-errors-csv"]


@pytest.mark.parametrize("name", PAGES + OF_ONE)
def test_outsiders_find_nothing(
    name, fleet, draft, outside_manager_client, installer_client, client
):
    args = [draft(BAD).pk] if name in OF_ONE else []
    for outsider in (outside_manager_client, installer_client):
        assert outsider.get(url(name, fleet, *args)).status_code == 404
    assert client.get(url(name, fleet, *args)).status_code == 302


def test_an_import_of_another_fleet_is_not_found_in_mine(
    second_fleet, fleet, draft, manager_client, manager
):
    second_fleet.memberships.create(user=manager, role="MANAGER")
    job_import = draft()
    assert (
        manager_client.get(url("job-import-preview", second_fleet, job_import.pk)).status_code
        == 404
    )


def test_a_viewer_sees_what_was_imported_but_imports_nothing(
    viewer_client, fleet, draft, confirm, upload
):
    job_import = draft()
    for name, args in [("job-import", []), ("job-import-preview", [job_import.pk])]:
        assert viewer_client.get(url(name, fleet, *args)).status_code == 403
    assert viewer_client.post(url("job-import-confirm", fleet, job_import.pk)).status_code == 403
    assert upload(GOOD, client=viewer_client).status_code == 403
    confirm(job_import)
    assert "Jobs created" in shown(viewer_client, fleet, job_import)


# --- files to start from ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_file_can_be_imported_as_it_is(kind, manager_client, fleet, draft, confirm):
    model = VehicleModelFactory(brand="Audi", model="A3")
    file = manager_client.get(url(f"job-import-file-{kind}", fleet, "template"))
    job_import = draft(file.content)
    assert (job_import.total, job_import.problems, job_import.warnings) == (1, 0, 0)
    confirm(job_import)
    assert Job.objects.get().vehicle_model == model


def test_the_lists_name_every_column_and_every_model_with_its_id(manager_client, fleet):
    model = VehicleModelFactory()
    VehicleModelFactory(active=False)
    columns = manager_client.get(url("job-import-file-csv", fleet, "columns")).content.decode(
        "utf-8-sig"
    )
    assert all(f'\n"{column.name}",' in columns for column in COLUMNS)
    models = manager_client.get(url("job-import-file-csv", fleet, "vehicle-models")).content.decode(
        "utf-8-sig"
    )
    assert models.count("\r\n") == 2
    assert model.pk in models
    assert manager_client.get(url("job-import-file-csv", fleet, "nothing")).status_code == 404


def test_the_template_workbook_offers_what_a_cell_may_be(manager_client, fleet, partnership):
    PlaceFactory(fleet=fleet, name="Depot North")
    PlaceFactory(fleet=fleet, name="Depot South", archived_at=timezone.now())
    model = VehicleModelFactory(brand="Audi", model="A3")
    unit = UnitFactory(fleet=fleet)
    content = manager_client.get(url("job-import-file-xlsx", fleet, "template")).content
    book = load_workbook(io.BytesIO(content))
    visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    assert visible == ["Jobs", "Columns", "Vehicle models"]
    offered = {}
    for validation in book.active.data_validations.dataValidation:
        name = book.active[f"{str(validation.sqref).split(':')[0].rstrip('2')}1"].value
        title, _mark, cells = validation.formula1.replace("'", "").partition("!")
        offered[name] = [cell.value for (cell,) in book[title][cells.replace("$", "")]]
        assert not validation.showErrorMessage, "the import takes other spellings"
    assert offered["transmission"] == ["MANUAL", "AUTOMATIC"]
    assert offered["place"] == ["Depot North"]
    assert offered["vehicle_model_id"] == [model.name]
    assert offered["planned_unit"] == [unit.pk]
    assert offered["assigned_installer_company_id"] == [partnership.company.name]


def test_the_help_page_says_of_each_column_what_the_importer_demands(manager_client, fleet):
    page = manager_client.get(url("job-import-help", fleet)).content.decode()
    for column in COLUMNS:
        assert f'id="{column.name}"' in page
        told = (
            column.label,
            column.rule.sentence,
            column.rule.characters,
            column.example,
            *column.allowed,
        )
        assert [text for text in map(str, told) if escape(text) not in page] == []


def test_an_import_whose_file_was_forgotten_still_says_what_it_was(
    manager_client, fleet, draft, confirm
):
    job_import = draft()
    confirm(job_import)
    job_import.file.delete()
    assert "Jobs created" in shown(manager_client, fleet, job_import)
    assert manager_client.get(url("job-import-errors-csv", fleet, job_import.pk)).status_code == 404
