"""The preview of an import, read from what was kept of it."""

from collections import Counter
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import ngettext

from fleetcontrol.import_preview.assignment import Assignment
from fleetcontrol.import_preview.lists import Listed, Lists
from jobs.importing.checking import Doubt, groups
from jobs.importing.columns import COMPANY
from jobs.importing.encoding import NAMES
from jobs.importing.errors import Finding
from jobs.importing.headings import IGNORE, Heading
from jobs.models import ImportedFile, JobImport

# How many doubtful values can be decided on the page; more are corrected in the file.
DECIDABLE = 20
# What a person has to decide before any row can be imported.
QUESTIONS = ("hidden_rows", "no_header", "unknown_column", "duplicate_column", "no_known_column")


class Group(NamedTuple):
    """Findings with the same text."""

    number: int
    first: Finding
    rows: int


class Preview:
    def __init__(self, job_import: JobImport):
        self.job_import = job_import

    @cached_property
    def kept(self) -> ImportedFile | None:
        """The kept file; None once it is deleted."""
        return ImportedFile.objects.filter(pk=self.job_import.pk).first()

    # --- columns ------------------------------------------------------------------------------------------------------
    @cached_property
    def headings(self) -> list[Heading]:
        return [Heading(*heading) for heading in self.kept.headings] if self.kept else []

    @property
    def headings_to_choose(self) -> list[Heading]:
        """The columns that hold something. The others are left out without a question."""
        return [one for one in self.headings if one.column != IGNORE or self.samples_of(one)]

    def samples_of(self, heading: Heading) -> list[str]:
        """The first values of a column of the file."""
        samples = self.reading.get("samples", [])
        return samples[heading.position] if heading.position < len(samples) else []

    @property
    def undecided(self) -> bool:
        """Whether columns, or the way in which the file is read, are still to be decided on."""
        times = Counter(heading.column for heading in self.headings if heading.column != IGNORE)
        has_questions = any(finding.code in QUESTIONS for finding in self.findings("errors"))
        return has_questions or "" in times or any(number > 1 for number in times.values())

    @property
    def is_open(self) -> bool:
        """Whether the page begins with the form: a decision is needed, or spares the correction of many rows."""
        spares_work = any(doubt.rows > 1 and not self.meaning_of(doubt) for doubt in self.doubts)
        return self.undecided or spares_work

    @property
    def company_in_file(self) -> bool:
        return any(heading.column == COMPANY for heading in self.headings)

    # --- how the file was read ----------------------------------------------------------------------------------------
    @property
    def reading(self) -> dict[str, Any]:
        return self.kept.reading if self.kept else {}

    @property
    def encoding(self) -> str:
        return NAMES.get(self.reading.get("encoding", ""), "")

    @property
    def proof(self) -> str:
        """Words of the file with letters beyond ASCII: they show whether the encoding is the right one."""
        return ", ".join(self.reading.get("proof", []))

    @property
    def hidden_choice(self) -> str:
        """ALL or VISIBLE, once it is decided which rows of a filtered sheet are taken."""
        return self.job_import.options().layout.hidden

    # --- values -------------------------------------------------------------------------------------------------------
    @cached_property
    def doubts(self) -> list[Doubt]:
        return self.kept.doubted() if self.kept else []

    @property
    def doubts_to_decide(self) -> list[Doubt]:
        """The texts that are no values of their columns, those of the most rows first."""
        return sorted(self.doubts, key=lambda doubt: -doubt.rows)[:DECIDABLE]

    @property
    def doubts_beyond(self) -> int:
        return max(len(self.doubts) - DECIDABLE, 0)

    def meaning_of(self, doubt: Doubt) -> str:
        """What a person has decided that the text means; "-" for a blank cell, "" while nothing is decided."""
        meanings = self.job_import.values.get(doubt.column, {})
        if doubt.text not in meanings:
            return ""
        return meanings[doubt.text] or "-"

    @cached_property
    def suggested(self) -> list[Doubt]:
        """The texts whose suggestion was not taken yet."""
        return [doubt for doubt in self.doubts if doubt.replacement and not self.meaning_of(doubt)]

    @property
    def suggested_rows(self) -> int:
        return sum(doubt.rows for doubt in self.suggested)

    # --- findings -----------------------------------------------------------------------------------------------------
    def findings(self, kind: str) -> list[Finding]:
        return self.kept.findings(kind) if self.kept else []

    def groups(self, kind: str) -> list[Group]:
        found = []
        for number, (first, same) in enumerate(groups(self.findings(kind))):
            found.append(Group(number, first, rows=len({finding.row for finding in same})))
        return found

    @property
    def error_groups(self) -> list[Group]:
        return self.groups("errors")

    @property
    def warning_groups(self) -> list[Group]:
        return self.groups("warnings")

    @property
    def difference_groups(self) -> list[Group]:
        return self.groups("differences")

    # --- the parts of the page --------------------------------------------------------------------------------------
    @cached_property
    def assignment(self) -> Assignment:
        return Assignment(self.job_import.fleet, self.kept.rows if self.kept else [])

    def listed(self, query: QueryDict) -> Listed:
        """The list that the URL names."""
        return Lists(self).listed(query)

    @property
    def same_file(self) -> JobImport | None:
        """The last import of a file with the same rows."""
        content = bytes(self.kept.content) if self.kept else b""
        imports = JobImport.objects.of_same_rows(
            self.job_import.fleet, self.job_import.sha256, content
        )
        others = imports.exclude(pk=self.job_import.pk).select_related("confirmed_by", "client")
        return others.order_by("-pk").first()

    @property
    def needs_decision(self) -> bool:
        """Whether no row can be imported before something about the whole file is decided."""
        about = self.job_import
        if not about.bad or about.good or not self.kept:
            return False
        return len(self.kept.bad) < about.total

    @property
    def needs_columns(self) -> bool:
        """Whether unknown columns have to be decided."""
        codes = {finding.code for finding in self.findings("errors")}
        return self.needs_decision and not codes & {"hidden_rows", "no_header"}

    @property
    def summary(self) -> str:
        about = self.job_import
        if self.needs_columns:
            text = ngettext(
                "%(total)s row. Decide what the unknown columns mean, then import.",
                "%(total)s rows. Decide what the unknown columns mean, then import.",
                about.total,
            )
        elif self.needs_decision:
            text = ngettext(
                "%(total)s row. Decide how it is read, then import.",
                "%(total)s rows. Decide how they are read, then import.",
                about.total,
            )
        else:
            text = ngettext(
                "%(total)s row: %(good)s ready, %(bad)s with errors.",
                "%(total)s rows: %(good)s ready, %(bad)s with errors.",
                about.total,
            )
        return text % {"total": about.total, "good": about.good, "bad": about.bad}
