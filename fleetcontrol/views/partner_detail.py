"""The page of a partner: its figures, jobs, units and places, and the history of the partnership."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.models import Company, Partnership
from accounts.web.mail_allowance import few_invitations_left
from core.web.lists.pages import with_query
from fleetcontrol.tables.partners import AT_PARTNER, Figures, Workload
from fleetcontrol.views.partners import PartnerMixin
from jobs.models import Job
from jobs.reading.partnership_history import history_of
from telematics.models import Custody, Place

Status = Partnership.Status
Shown = Partnership.Shown
# So many units and places are named; their lists have all of them.
NAMED = 10


class WhatNow(NamedTuple):
    kind: str  # of the notice
    text: Any


# The note about a partner's status on its page; none where the partner can work.
WHAT_NOW = {
    Shown.MAIL_FAILED: WhatNow(
        "error",
        _("The mail could not be delivered. Check the address, then send the invitation again."),
    ),
    Shown.EXPIRED: WhatNow(
        "warning", _("The link was not used within 14 days. Send the invitation again.")
    ),
    Shown.PENDING: WhatNow("info", _("Waiting for the answer. You are notified when it comes.")),
    Shown.DECLINED: WhatNow(
        "warning", _("The invitation was declined. You can invite again in one click.")
    ),
    Shown.SUSPENDED: WhatNow(
        "warning", _("The operator has suspended this company: no jobs can be assigned to it.")
    ),
}


class PartnerDetail(PartnerMixin, TemplateView):
    template_name = "fleetcontrol/partners/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.partnership.is_accepted:
            context |= self.of_company(self.partnership.company)
        else:
            context["invitations_left"] = few_invitations_left(self.fleet.invitation_mails)
        return super().get_context_data(
            what_now=WHAT_NOW.get(Shown(self.partnership.shown)),
            history=history_of(self.partnership),
            **context,
        )

    def of_company(self, company: Company) -> dict[str, Any]:
        """What the fleet sees of a company that has accepted."""
        figures = Figures(self.fleet, [company.pk])
        line = figures.lines[company.pk]
        workload = Workload(self.fleet, [company.pk])
        places = Place.objects.live().filter(fleet=self.fleet, partner=company)
        return {
            "line": line,
            "open": figures.open(line),
            "overdue": figures.overdue(line),
            "asking_back": list(self.asking_back(workload, company)) if self.may_write else [],
            "work": [(status.label, workload.cell(company.pk, status)) for status in AT_PARTNER],
            "units": self.units_of(company),
            "units_url": with_query(
                reverse("fleetcontrol:units", args=[self.fleet.pk]),
                status="HELD",
                company=company.pk,
            ),
            "places": places.order_by("name", "pk")[:NAMED],
        }

    def asking_back(self, workload: Workload, company: Company) -> Iterator[tuple[str, str]]:
        """A label and a URL for the jobs of each kind that the partner has not begun."""
        labels = {
            Job.Kind.INSTALLATION: _("Ask Back Installation Jobs"),
            Job.Kind.MAINTENANCE: _("Ask Back Maintenance Jobs"),
        }
        waiting = urlencode({"company": company.pk, "status": Job.Status.ASSIGNED})
        for kind, label in labels.items():
            if workload.count(company.pk, Job.Status.ASSIGNED, kind):
                args = [self.fleet.pk, kind.lower(), "handback"]
                url = reverse("fleetcontrol:job-bulk", args=args)
                yield str(label), with_query(url, all=1, query=waiting)

    def units_of(self, company: Company) -> list[str]:
        """The QNRs of the units that it has held for the shortest time."""
        held = Custody.objects.open().filter(
            company=company, unit__fleet=self.fleet, unit__retired_at=None
        )
        return list(held.order_by("-pk").values_list("unit", flat=True)[:NAMED])
