"""*Configure Table Columns*: which, in which order, or as they were; kept for the person, table by table."""

from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts.models import TablePreference
from core.web.pages import with_query
from core.web.tables import Table, asked_columns


class ChosenColumns:
    """A list in the columns of its reader's choice, which comes with the frame and costs no statement of its own."""

    table_name: str

    def find_fleet(self, fleet_id, table=""):
        return super().find_fleet(fleet_id, table or self.table_name)

    def get_columns(self):
        return self.columns_of(self.request.GET)

    def columns_of(self, query) -> list[str]:
        """As the address says, else as the reader has chosen; none means the table's own."""
        return asked_columns(query) or self.fleet.columns or []


def kept_columns(user, table_name: str) -> list[str]:
    """The same choice, for the pages that few ask for."""
    kept = TablePreference.objects.filter(user=user, table=table_name)
    return kept.values_list("columns", flat=True).first() or []


class ConfigureColumns(TemplateView):
    """Shows and keeps the choice. What it is mixed into says which table, by class and name, and where its list is."""

    table_class: type[Table]
    table_name: str
    list_url: str

    def get_template_names(self):
        return [f"fleetcontrol/jobs/columns{'_dialog' if self.request.htmx else ''}.html"]

    @property
    def after_url(self) -> str:
        """The list in the columns that are kept now, whichever its address named."""
        return with_query(self.list_url, columns=None)

    def post(self, request, **kwargs):
        mine = {"user": request.user, "table": self.table_name}
        order = request.POST.getlist("order")
        if "reset" in request.POST:
            TablePreference.objects.filter(**mine).delete()
        elif move := request.POST.get("up") or request.POST.get("down"):  # the arrows of those without scripts
            return self.render_to_response(self.get_context_data(moved=moved(order, move, "up" in request.POST)))
        else:
            shown = set(request.POST.getlist("column"))
            chosen = [name for name in order if name in shown and name in self.table_class.base_columns]
            TablePreference.objects.update_or_create(**mine, defaults={"columns": chosen})
        return redirect(self.after_url)

    def get_context_data(self, moved=None, **context):
        choices = self.table_class(columns=kept_columns(self.request.user, self.table_name)).choices
        if moved:
            ticked = set(self.request.POST.getlist("column"))
            by_name = {choice[0]: choice for choice in choices}
            choices = [(*by_name[name][:2], name in ticked, by_name[name][3]) for name in moved if name in by_name]
        return super().get_context_data(choices=choices, **context)


def moved(order: list[str], name: str, up: bool) -> list[str]:
    at = order.index(name) if name in order else 0
    to = max(0, min(len(order) - 1, at + (-1 if up else 1)))
    order[at], order[to] = order[to], order[at]
    return order
