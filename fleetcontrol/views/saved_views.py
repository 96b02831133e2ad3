"""Saved views: a table's filters, search and order under a name, the reader's own or shared in the fleet."""

from django.contrib import messages
from django.db.models import Q
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import SavedView
from core.web.pages import with_query
from core.web.tables import Table, asked_columns
from fleetcontrol.forms.saved_view import SavedViewForm
from fleetcontrol.views.columns import kept_columns


class SavedViews(TemplateView):
    """What it is mixed into says which table, by class and name, where its list is, and what the address asked of it."""

    table_class: type[Table]
    table_name: str
    query: QueryDict
    list_url: str

    def get_template_names(self):
        return [f"fleetcontrol/jobs/views{'_menu' if self.request.htmx else ''}.html"]

    def views(self):
        """The reader's own, and those shared in the fleet."""
        mine = Q(user=self.request.user) | Q(shared=True)
        return SavedView.objects.filter(mine, fleet=self.fleet, table=self.table_name).select_related("user")

    @cached_property
    def columns(self) -> list[str]:
        """Those that the reader sees."""
        return self.table_class.chosen(asked_columns(self.query) or kept_columns(self.request.user, self.table_name))

    def make_form(self, data=None) -> SavedViewForm:
        about = {"user": self.request.user, "fleet": self.fleet, "table": self.table_name}
        return SavedViewForm(data, about=about, query=self.query, columns=self.columns)

    @property
    def link(self) -> str:
        """What shows a colleague the very same: the columns, which are each reader's own, go along."""
        start = reverse(f"fleetcontrol:{self.table_name}", args=[self.fleet.pk])
        shown = with_query(f"{start}?{self.query.urlencode()}", columns=",".join(self.columns))
        return self.request.build_absolute_uri(shown)

    def post(self, request, **kwargs):
        if "delete" in request.POST:
            if (wanted := request.POST["delete"]).isdecimal():
                self.views().filter(user=request.user, pk=wanted).delete()
            return redirect(request.get_full_path())
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        form.save()
        messages.success(request, _("The view is saved."))
        return redirect(self.list_url)

    def get_context_data(self, **context):
        table_url = f"fleetcontrol:{self.table_name}"
        about = {"views": self.views(), "form": self.make_form(), "table_url": table_url, "link": self.link}
        return super().get_context_data(**(about | context))
