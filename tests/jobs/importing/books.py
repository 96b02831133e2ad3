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
