"""Files of the operators' lists, as a browser sends and gets them."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from zeal import zeal_ignore

CSV, XLSX = "0", "1"


def url(model, page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def file_of(client, model, form: str = CSV, query: str = ""):
    answer = client.post(url(model, "export") + query, {"format": form, "resource": "0"})
    assert answer.status_code == 200
    return answer


def exported(client, model, query: str = "") -> list[dict[str, str]]:
    text = file_of(client, model, query=query).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def written(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def preview(client, model, *rows: dict[str, str], content: bytes = b"", form: str = CSV):
    file = SimpleUploadedFile("rows", content or written(list(rows)))
    sent = {"import_file": file, "format": form, "resource": "0"}
    with zeal_ignore():  # each row is a form, with the statements of one
        return client.post(url(model, "import"), sent)


def confirm(client, model, page):
    assert "confirm_form" in page.context, errors(page)
    form = page.context["confirm_form"].initial
    with zeal_ignore():
        return client.post(url(model, "process_import"), form, follow=True)


def bring(client, model, *rows: dict[str, str], **about):
    page = preview(client, model, *rows, **about)
    assert "confirm_form" in page.context, errors(page) or page.context["result"].base_errors
    return confirm(client, model, page)


def errors(page) -> dict[str, list[str]]:
    """The errors of the first wrong row, by column."""
    result = page.context["result"]
    assert not result.has_errors(), [*result.base_errors, *result.row_errors()]
    return result.invalid_rows[0].error_dict


def fleet_row(**changed: str) -> dict[str, str]:
    return {"fleet_id": "", "provider": "", "name": "North", "time_zone": "Europe/Berlin"} | changed
