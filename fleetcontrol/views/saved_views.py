"""Saved views: filters, search and order of a table under a name, the reader's own or shared in the fleet."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import SavedView
from core.values.bidi import with_names
from core.web.lists.columns import GroupColumn
from core.web.lists.pages import with_query
from core.web.lists.tables import requested_columns
from fleetcontrol.forms.saved_view import SavedViewForm
from fleetcontrol.views.columns import OfTable, kept_columns


class SavedViews(OfTable, TemplateView):
    """The class that it is combined with also names the list parameters."""

    form_class = SavedViewForm
    posted = ("delete", "query")

    @property
    def query(self) -> QueryDict:
        raise NotImplementedError(f"{type(self).__name__} names no list parameters")

    def get_template_names(self) -> list[str]:
        if self.request.htmx:
            return ["fleetcontrol/jobs/views_menu.html"]
        return ["fleetcontrol/jobs/views.html"]

    def views(self) -> QuerySet[SavedView]:
        """Return the reader's own, and those shared in the fleet."""
        readable = Q(user=self.request.user) | Q(shared=True)
        return SavedView.objects.filter(
            readable, fleet=self.fleet, table=self.table_name
        ).select_related("user")

    @cached_property
    def columns(self) -> list[str]:
        """The columns that the reader sees."""
        return self.table_class.chosen(
            requested_columns(self.query) or kept_columns(self.request.user, self.table_name)
        )

    def make_form(self, data: QueryDict | None = None) -> SavedViewForm:
        owner = {"user": self.request.user, "fleet": self.fleet, "table": self.table_name}
        return SavedViewForm(data, owner=owner, query=self.query, columns=self.columns)

    @property
    def link(self) -> str:
        """The URL that shows a colleague the same list, in the same columns."""
        start = reverse(f"fleetcontrol:{self.table_name}", args=[self.fleet.pk])
        shown = with_query(f"{start}?{self.query.urlencode()}", columns=",".join(self.columns))
        return self.request.build_absolute_uri(shown)

    @property
    def groups(self) -> list[tuple[Any, str]]:
        """The columns that group the list, each with the URL of the list in its groups."""
        start = reverse(f"fleetcontrol:{self.table_name}", args=[self.fleet.pk])
        here = f"{start}?{self.query.urlencode()}"
        columns = self.table_class.base_columns
        grouping = [name for name, one in columns.items() if isinstance(one, GroupColumn)]
        return [(columns[name].verbose_name, with_query(here, sort=name)) for name in grouping]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "delete" in request.POST:
            self.delete_view(request.POST["delete"])
            return redirect(request.get_full_path())
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        view = form.save()
        messages.success(request, with_names(_("The view “%(name)s” was saved."), name=view.name))
        return redirect(self.list_url)

    def delete_view(self, key: str) -> None:
        if key.isdecimal():
            self.views().filter(user=self.request.user, pk=key).delete()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self.make_form())
        context["views"] = self.views()
        context["table_url"] = f"fleetcontrol:{self.table_name}"
        context["link"] = self.link
        context["groups"] = self.groups
        return super().get_context_data(**context)
