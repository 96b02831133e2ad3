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
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, replaced.pop(part.filename, None) or old.read(part))
        for name, data in replaced.items():
            new.writestr(name, data)
    return out.getvalue()


HEADER = b'<row r="1"><c r="A1" t="str"><v>custom_name</v></c><c r="B1" t="str"><v>location</v></c></row>'


def sheet_xml(rows: bytes) -> bytes:
    """A workbook whose only sheet holds these rows, as they are."""
    name = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return with_parts(
        book(["x"]),
        xl__worksheets__sheet1=name + b"<sheetData>" + rows + b"</sheetData></worksheet>",
    )


# --- as the programs write them: every part by hand, nothing that openpyxl would have made of it ----------------------
NAMES = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# Cell formats: 0 general, 1 the date of the reader's country, 2 a date of one's own, 3 text.
STYLES = f"""<styleSheet {NAMES}><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
    <cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>
<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="49" quotePrefix="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Standard" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def by_hand(sheets: dict[str, str], strings: list[str], *, about: str = "") -> bytes:
    """Sheets by their names, each the XML of its rows; `strings` are the `<si>` of the shared ones."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>{kinds}'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f"<workbook {NAMES}>{about}<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId90" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId91" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<sst {NAMES}>{''.join(strings)}</sst>",
        "xl/styles.xml": STYLES,
    }
    for n, rows in zip(numbers, sheets.values(), strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet {NAMES}><dimension ref="A1"/><sheetData>{rows}</sheetData></worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, xml in parts.items():
            packed.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml)
    return out.getvalue()


PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def plain(*texts: str) -> list[str]:
    return [f'<si><t xml:space="preserve">{text}</t></si>' for text in texts]


def excel(*headings: str, fuel: str) -> bytes:
    """Shared strings, one in two formats; dates as numbers; a row that was once formatted, far below."""
    strings = [
        *plain(*headings, fuel, " B QX 1 "),
        "<si><r><t>Hall </t></r><r><rPr><b/></rPr><t>3</t></r></si>",
    ]
    n = len(headings)
    head = "".join(f'<c r="{"ABCDEF"[i]}1" t="s"><v>{i}</v></c>' for i in range(n))
    row = (
        f'<c r="A2" s="3" t="s"><v>{n + 1}</v></c><c r="B2" t="s"><v>{n}</v></c><c r="C2" s="1"><v>46350</v></c>'
        f'<c r="D2" t="b"><v>1</v></c><c r="E2"><v>2024</v></c><c r="F2" t="s"><v>{n + 2}</v></c>'
    )
    rows = (
        f'<row r="1" spans="1:6">{head}</row><row r="2" spans="1:6">{row}</row>'
        '<row r="5" spans="1:6" s="3" customFormat="1"><c r="A5" s="3"/></row><row r="1048576" ht="15" hidden="1"/>'
    )
    return by_hand({"Tabelle1": rows}, strings, about='<workbookPr defaultThemeVersion="166925"/>')


def numbers() -> bytes:
    """A summary in front, and above the table its title; no cell says where it stands that stands
    beside the last one.
    """
    strings = plain(
        *("This document was exported from Numbers.", "Numbers Sheet Name", "Fleet", "Table 1"),
        *(
            "Licence plate",
            "Fuel type",
            "Planned service date",
            "Tracking",
            "Year of production",
            "Location",
        ),
        *("B QX 1", "Petrol", "Hall 3"),
    )
    summary = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="3"><c r="B3" t="s"><v>1</v></c></row>'
    )
    head = "".join(f'<c t="s"><v>{n}</v></c>' for n in range(4, 10))
    row = (
        '<c t="s"><v>10</v></c><c t="s"><v>11</v></c><c s="2"><v>46350</v></c><c t="b"><v>1</v></c>'
        '<c><v>2024</v></c><c t="s"><v>12</v></c>'
    )
    return by_hand(
        {"Export Summary": summary, "Fleet": f"<row>{head}</row><row>{row}</row>"}, strings
    )


def libre_office() -> bytes:
    """What came of formulas, a date as such, and every row down to the last of the sheet."""
    strings = plain(
        "Licence plate",
        "Fuel type",
        "Planned service date",
        "Tracking",
        "Year of production",
        "Location",
        "Petrol",
    )
    head = "".join(f'<c r="{"ABCDEF"[n]}1" s="0" t="s"><v>{n}</v></c>' for n in range(6))
    row = (
        '<c r="A2" s="0" t="str"><f aca="false">CONCATENATE("B QX ",1)</f><v>B QX 1</v></c><c r="B2" t="s"><v>6</v></c>'
        '<c r="C2" s="2" t="n"><v>46350</v></c><c r="D2" t="b"><f aca="false">TRUE()</f><v>1</v></c>'
        '<c r="E2" t="n"><v>2024</v></c><c r="F2" t="inlineStr"><is><t>Hall 3</t></is></c>'
    )
    rows = f'<row r="1" customFormat="false" ht="12.8">{head}</row><row r="2">{row}</row>'
    return by_hand(
        {"Sheet1": rows + '<row r="1048575" ht="12.8"/><row r="1048576" ht="12.8"/>'}, strings
    )
