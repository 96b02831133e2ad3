"""Workbooks as Excel, LibreOffice and people with bad intentions write them."""

import io
import zipfile

from openpyxl import Workbook


def book(*rows, sheets=()) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    for title in sheets:
        made.create_sheet(title).append(["not", "this", "one"])
    return saved(made)


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_parts(content: bytes, **parts: bytes) -> bytes:
    """The same workbook with parts replaced; `__` in a name stands for a slash."""
    replaced = {name.replace("__", "/") + ".xml": data for name, data in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, replaced.pop(part.filename, None) or old.read(part))
        for name, data in replaced.items():
            new.writestr(name, data)
    return out.getvalue()


HEADER = b'<row r="1"><c r="A1" t="str"><v>custom_name</v></c><c r="B1" t="str"><v>location</v></c></row>'


def sheet_xml(rows: bytes) -> bytes:
    """A workbook whose only sheet holds these rows, as they are."""
    name = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return with_parts(book(["x"]), xl__worksheets__sheet1=name + b"<sheetData>" + rows + b"</sheetData></worksheet>")
