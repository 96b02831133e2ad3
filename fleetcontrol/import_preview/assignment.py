"""What an import assigns, for its confirmation: companies, and the fields that become locked."""

from collections import Counter

from django.utils.functional import cached_property
from django.utils.translation import gettext

from accounts.models import Company, Fleet
from fleetcontrol.import_preview.lists import NumberedRow
from jobs.models import Job
from jobs.reading.words import Words

LOCKABLE = (*Job.INSTALLER_FIELDS, "planned_unit")


class Assignment:
    def __init__(self, fleet: Fleet, rows: list[NumberedRow]):
        self.fleet = fleet
        self.rows = rows

    @cached_property
    def companies(self) -> dict[Company, int]:
        """How many jobs each company gets."""
        counts = Counter(values["company"] for _row, values in self.rows if "company" in values)
        return {
            company: counts[company.pk]
            for company in Company.objects.filter(pk__in=counts).order_by("name")
        }

    @cached_property
    def overriding(self) -> list[Company]:
        """The companies among them that may override what is set."""
        partnerships = self.fleet.partnerships.accepted().filter(allow_override=True)
        may = set(partnerships.filter(company__in=self.companies).values_list("company", flat=True))
        return [company for company in self.companies if company.pk in may]

    @property
    def locked(self) -> list[tuple[str, int]]:
        """The fields that will be locked, each with the number of its jobs."""
        numbers: Counter[str] = Counter()
        for _row, values in self.rows:
            if "company" in values:
                numbers.update(name for name in values if name in LOCKABLE)
        return [(Words.label(name), numbers[name]) for name in LOCKABLE if numbers[name]]

    @property
    def lead(self) -> str:
        """The sentence before what becomes locked: it depends on how many of the companies may override."""
        companies = {"companies": ", ".join(str(company) for company in self.overriding)}
        if not self.overriding:
            return gettext("These become locked for the installer:")
        if len(self.overriding) == len(self.companies):
            return gettext("These are set; %(companies)s may override them:") % companies
        return (
            gettext("These become locked for the installer; only %(companies)s may override them:")
            % companies
        )
