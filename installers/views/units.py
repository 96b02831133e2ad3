"""*Units*: those that the company holds, until their fleets have them back."""

from typing import Any

from django.views.generic import TemplateView

from core.web.lists.counts import count
from core.web.lists.pages import SIZES, CursorPage, chosen_size
from installers.mixins import SetUpMixin
from installers.tables import UnitTable
from telematics.models import Custody


class UnitList(SetUpMixin, TemplateView):
    template_name = "installers/units.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        held = Custody.objects.open().filter(company=self.company)
        table = UnitTable()
        rows = held.values(*table.reads)
        cursor = self.request.GET.get("cursor", "")
        page = CursorPage(rows, cursor=cursor, size=chosen_size(self.request.GET))
        return super().get_context_data(
            table=table.fill(page.rows), page=page, total=count(held), sizes=SIZES, **context
        )
