"""Fleet lists of real makes and models, as Excel writes them in German, Polish and English.

`python -m tests.jobs.importing.lists FOLDER` writes them all, to try them by hand.
"""

import csv
import datetime
import io
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.jobs.importing.books import book

ROWS = 1_000
# Brand, model, fuel type, vehicle type: also names with signs that few lists have.
CARS = (
    ("smart", "#1", "ELECTRIC", "CAR"),
    ("Honda", "e:Ny1", "ELECTRIC", "CAR"),
    ("Honda", "Civic e:HEV", "HYBRID", "CAR"),
    ("Škoda", "Enyaq iV 80 [2023]", "ELECTRIC", "CAR"),
    ("Škoda", "Octavia Combi", "DIESEL", "CAR"),
    ("Citroën", "ë-C4", "ELECTRIC", "CAR"),
    ("Citroën", "Jumpy L2H1 * XL", "DIESEL", "VAN"),
    ("Renault", "Mégane E-Tech 100% electric", "ELECTRIC", "CAR"),
    ("Kia", "pro_cee'd", "PETROL", "CAR"),
    ("MINI", "Cooper S:E", "ELECTRIC", "CAR"),
    ("Volkswagen", "ID.3", "ELECTRIC", "CAR"),
    ("Volvo", "XC60 T6 (Recharge)", "PLUGIN_HYBRID", "CAR"),
    ("Mercedes-Benz", "Sprinter 317 CDI", "DIESEL", "VAN"),
    ("Lynk & Co", "01", "PLUGIN_HYBRID", "CAR"),
)
FIELDS = (
    "license_plate", "vin", "brand", "model", "fuel_type", "year_of_production", "vehicle_type",
    "transmission", "planned_service_date", "location", "contact", "instructions",
)  # fmt: skip


class Language(NamedTuple):
    headings: tuple[str, ...]
    words: dict[str, str]
    plate: str
    date: str
    places: tuple[str, ...]
    people: tuple[str, ...]
    note: str
    title: str


GERMAN = Language(
    headings=(
        "Kennzeichen", "FIN", "Hersteller", "Modell", "Kraftstoff", "Baujahr", "Fahrzeugart",
        "Getriebe", "Termin", "Standort", "Ansprechpartner", "Bemerkung",
    ),
    words={
        "ELECTRIC": "Elektro", "HYBRID": "Hybrid", "PLUGIN_HYBRID": "PHEV", "DIESEL": "Diesel",
        "PETROL": "Super", "CAR": "Pkw", "VAN": "Transporter", "AUTOMATIC": "Automatik",
        "MANUAL": "Schaltgetriebe",
    },
    plate="B-QX {}",
    date="%d.%m.%Y",
    places=("Halle Süd", "Köln-Mülheim", "Großer Hof, Tor 3"),
    people=("Jörg Müller", "Käthe Groß", "Ömer Çelik"),
    note="Akku 77,4 kWh – Schlüssel {}",
    title="Fuhrparkliste Köln, Stand März",
)  # fmt: skip
POLISH = Language(
    headings=(
        "Nr rejestracyjny", "Numer VIN", "Marka", "Model", "Paliwo", "Rok produkcji",
        "Rodzaj pojazdu", "Skrzynia biegów", "Termin montażu", "Lokalizacja", "Osoba kontaktowa",
        "Uwagi",
    ),
    words={
        "ELECTRIC": "elektryczny", "HYBRID": "hybryda", "PLUGIN_HYBRID": "PHEV",
        "DIESEL": "olej napędowy", "PETROL": "benzyna", "CAR": "osobowy", "VAN": "dostawczy",
        "AUTOMATIC": "automatyczna", "MANUAL": "manualna",
    },
    plate="WA {}K",
    date="%d.%m.%Y",
    places=("Łódź, ul. Żwirki", "Warszawa Śródmieście", "Kraków"),
    people=("Grażyna Wójcik", "Paweł Dąbrowski", "Małgorzata Zięba"),
    note="Bateria 77,4 kWh, klucz {}",
    title="Lista pojazdów, grudzień",
)  # fmt: skip
ENGLISH = Language(
    headings=(
        "Registration", "Chassis No", "Make", "Model", "Fuel", "Year", "Vehicle category",
        "Gearbox", "Service date", "Site", "Contact person", "Remarks",
    ),
    words={
        "ELECTRIC": "BEV", "HYBRID": "Hybrid", "PLUGIN_HYBRID": "Plug-in", "DIESEL": "Diesel",
        "PETROL": "Gasoline", "CAR": "SUV", "VAN": "Van", "AUTOMATIC": "Automatic",
        "MANUAL": "Manual",
    },
    plate="AB{} CDE",
    date="%d/%m/%Y",
    places=("Leeds", "Depot 3, Kings Cross", "Zürich"),
    people=("Zoë Brown", "Sam O'Hara", "Chloé Martin"),
    note="Battery 77.4 kWh, key {}",
    title="Fleet list, March",
)  # fmt: skip


def jobs(language: Language) -> Iterator[dict[str, str]]:
    """What each row means: the values of its job."""
    first = datetime.date(2026, 12, 1)
    for number in range(ROWS):
        brand, model, fuel, kind = CARS[number % len(CARS)]
        yield {
            "license_plate": language.plate.format(1000 + number),
            "vin": f"WVWZZZ1KZAW{number:06}",
            "brand": brand,
            "model": model,
            "fuel_type": fuel,
            "year_of_production": str(2015 + number % 11),
            "vehicle_type": kind,
            "transmission": ("AUTOMATIC", "MANUAL")[number % 2],
            "planned_service_date": (first + datetime.timedelta(days=number % 28)).isoformat(),
            "location": language.places[number % 3],
            "contact": language.people[number % 3],
            "instructions": language.note.format(number),
        }


def written(job: dict[str, str], language: Language, field: str) -> str:
    """A value as a person of this language writes it."""
    if field == "planned_service_date":
        return datetime.date.fromisoformat(job[field]).strftime(language.date)
    return language.words.get(job[field], job[field])


def rows(language: Language, fields: tuple[str, ...] = FIELDS) -> list[list[str]]:
    return [[written(job, language, field) for field in fields] for job in jobs(language)]


def as_csv(lines: list[list[str]], separator: str, encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode(encoding)


def as_workbook(language: Language) -> bytes:
    """Years as numbers and dates as dates, as somebody types them into Excel."""
    lines = []
    for job in jobs(language):
        line: list[object] = [written(job, language, field) for field in FIELDS]
        line[FIELDS.index("year_of_production")] = int(job["year_of_production"])
        day = datetime.date.fromisoformat(job["planned_service_date"])
        line[FIELDS.index("planned_service_date")] = day
        lines.append(line)
    return book(list(language.headings), *lines)


def with_header(language: Language) -> list[list[str]]:
    return [list(language.headings), *rows(language)]


def with_title(language: Language) -> list[list[str]]:
    return [[language.title], [], *with_header(language)]


HEADLESS = FIELDS[:6]


class FleetList(NamedTuple):
    write: Callable[[], bytes]
    language: Language
    encoding: str  # as the preview names it
    proof: str = ""  # a word that the preview shows
    fields: tuple[str, ...] = FIELDS
    has_header: bool = True

    @property
    def content(self) -> bytes:
        """Written when it is asked for: workbooks take half a second, and every run imports this module."""
        return self.write()


def fleet_lists() -> dict[str, FleetList]:
    """File name → list. Excel uses the separator and the encoding of its country."""
    german, polish, english = map(with_header, (GERMAN, POLISH, ENGLISH))
    ansi, central = "Windows-1252", "Windows-1250"
    return {
        "deutsch-ansi.csv": FleetList(partial(as_csv, german, ";", "cp1252"), GERMAN, ansi, "Süd"),
        "deutsch-utf8.csv": FleetList(
            partial(as_csv, german, ";", "utf-8-sig"), GERMAN, "UTF-8", "Süd"
        ),
        "deutsch-titel.csv": FleetList(
            partial(as_csv, with_title(GERMAN), ";", "utf-8-sig"), GERMAN, "UTF-8", "Köln"
        ),
        "deutsch-ohne-kopf.csv": FleetList(
            partial(as_csv, rows(GERMAN, HEADLESS), ";", "utf-8-sig"),
            *(GERMAN, "UTF-8", "Škoda", HEADLESS, False),
        ),
        "deutsch.xlsx": FleetList(partial(as_workbook, GERMAN), GERMAN, "Excel workbook"),
        "polski-ansi.csv": FleetList(
            partial(as_csv, polish, ";", "cp1250"), POLISH, central, "Łódź"
        ),
        "polski-unicode.txt": FleetList(
            partial(as_csv, polish, "\t", "utf-16"), POLISH, "UTF-16", "Łódź"
        ),
        "polski.xlsx": FleetList(partial(as_workbook, POLISH), POLISH, "Excel workbook"),
        "english-ansi.csv": FleetList(
            partial(as_csv, english, ",", "cp1252"), ENGLISH, ansi, "Zürich"
        ),
        "english-utf8.csv": FleetList(
            partial(as_csv, english, ",", "utf-8-sig"), ENGLISH, "UTF-8", "Zürich"
        ),
        "english-bar.csv": FleetList(
            partial(as_csv, english, "|", "utf-8"), ENGLISH, "UTF-8", "Zürich"
        ),
    }


def main(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, fleet_list in fleet_lists().items():
        (Path(folder) / name).write_bytes(fleet_list.content)


if __name__ == "__main__":
    main(sys.argv[1])
