"""The confirmation before *Save & Assign*, the same for one job and for many."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Company
from core.values.bidi import with_names
from core.web.dialogs import DIALOG_FRAME, QUESTION_FRAME
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.warning_links import in_message
from jobs.models import Job
from jobs.reading.job_sheet import locked_by_assigning
from jobs.warnings import Warned

# The confirmation's own fields, which it does not carry on.
OWN_FIELDS = ("csrfmiddlewaretoken", "back", "confirmed")


class ConfirmAssigning(FleetMixin):
    """Show the company and what will be locked before anything is written. The confirmation carries the form."""

    def confirm_assigning(
        self,
        company: Company,
        job: Job,
        number: int | None = None,
        *,
        warned: Iterable[Warned] = (),
    ) -> HttpResponse:
        """`job` is an unsaved copy of what will be assigned; `number` is how many such jobs."""
        partnership = self.fleet.partnerships.accepted().get(company=company)
        context = self.get_context_data(form=None)
        context |= {
            "title": confirmation_title(company, number),
            "company": company,
            "number": number,
            "counted": counted(number),
            "allow_override": partnership.allow_override,
            "locked": locked_by_assigning(job),
            "warnings": [in_message(self.fleet.pk, one) for one in warned],
            "sent": self.sent_form(),
            "action": self.request.get_full_path(),
            "lead": "",
            "frame": DIALOG_FRAME if self.request.htmx else QUESTION_FRAME,
            "base_template": "fleetcontrol/base.html",
        }
        return render(self.request, "fleetcontrol/jobs/ask_assign.html", context)

    def sent_form(self) -> list[tuple[str, str]]:
        fields = []
        for name, values in self.request.POST.lists():
            if name not in OWN_FIELDS:
                fields += [(name, value) for value in values]
        return fields


def confirmation_title(company: Company, number: int | None) -> str:
    if number is None:
        return with_names(_("Assign to %(company)s?"), company=company)
    title = ngettext(
        "Assign %(n)s job to %(company)s?", "Assign %(n)s jobs to %(company)s?", number
    )
    return with_names(title, n=counted(number), company=company)


def counted(number: int | None) -> str:
    return "" if number is None else number_format(number, force_grouping=True)
