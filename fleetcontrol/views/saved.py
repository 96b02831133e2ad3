"""What templates and presets have in common: a list, and one of them to look at, write, duplicate, delete."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Model, Q
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.web.confirm import ConfirmView
from core.web.counts import count
from core.web.lists import FEW, ListView
from core.web.once import act_once, acted_before
from core.web.order import Order
from core.web.tables import Table
from fleetcontrol.exports import LONGEST_SHEET, export
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.columns import ChosenColumns, ConfigureColumns
from fleetcontrol.views.saved_views import SavedViews
from jobs.words import Words


class SavedMixin(FleetMixin):
    """`noun` is the name of its addresses and of its folder of templates."""

    model: ClassVar[type[Model]]
    noun = ""

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"fleetcontrol:{name}", args=[self.fleet.pk, *args])

    @property
    def list_url(self) -> str:
        return self.url(f"{self.noun}s")

    @property
    def saved(self):
        return self.model.objects.filter(fleet=self.fleet)

    def get_context_data(self, **context):
        return super().get_context_data(list_url=self.list_url, noun=self.noun, **context)


def any_of(names: tuple[str, ...], search: str) -> Q:
    return reduce(or_, (Q(**{f"{name}__icontains": search}) for name in names))


class OfTable(SavedMixin):
    """About the table: which rows of it, in which columns and order, is said by the address."""

    table_class: type[Table]
    LASTING = ("search", "sort", "page_size", "columns")
    searched: tuple[str, ...] = ("name",)

    @property
    def table_name(self) -> str:
        return f"{self.noun}s"

    @property
    def query(self) -> QueryDict:
        """The list's own parameters: of the address, or as a form carried them along."""
        told = QueryDict(self.request.POST["query"]) if "query" in self.request.POST else self.request.GET
        kept = QueryDict(mutable=True)
        kept.update({name: told[name] for name in self.LASTING if told.get(name)})
        return kept

    @property
    def list_url(self) -> str:
        return f"{super().list_url}?{self.query.urlencode()}".rstrip("?")

    @property
    def narrowed(self):
        search = self.query.get("search", "").strip()[:100]
        return self.saved.filter(any_of(self.searched, search)) if search else self.saved

    def get_context_data(self, **context):
        return super().get_context_data(**{"query_string": self.query.urlencode()} | context)


class SavedList(ChosenColumns, OfTable, ListView):
    def get_queryset(self):
        return self.narrowed

    def get_table_options(self):
        return {"row_url": "{}/", "menus": True}

    def get_context_data(self, **context):
        acts = ("columns", "views", "export-csv", "export-xlsx")
        about = {f"{name.replace('-', '_')}_url": self.url(f"{self.noun}-{name}") for name in acts}
        kept = [(name, value) for name, value in self.query.items() if name != "search"]
        return super().get_context_data(kept=kept, **about, **context)


class SavedColumns(OfTable, ConfigureColumns):
    pass


class SavedTableViews(OfTable, SavedViews):
    pass


class SavedExport(ChosenColumns, OfTable, View):
    """What the list shows, over all pages, in its columns and its order."""

    def get(self, request, form, **kwargs):
        rows = self.narrowed
        if form == "xlsx" and rows.order_by()[LONGEST_SHEET:].exists():
            messages.error(request, _("These are more than 100,000 rows. Narrow the list, or export it as CSV."))
            return redirect(self.list_url)
        many = count(rows, FEW).more
        table = self.table_class(columns=self.columns_of(self.query), sort=self.query.get("sort", ""), many=many)
        parts = Order(self.model, table.order).split(rows)
        return export(form, table.export(row for part in parts for row in part.values(*table.reads)), self.table_name)


class OneSaved(SavedMixin):
    def find(self):
        self.object = self.saved.filter(pk=self.kwargs["pk"]).first()
        if self.object is None:
            raise Http404

    def get_context_data(self, **context):
        return super().get_context_data(object=self.object, **context)


class SavedDetail(OneSaved, TemplateView):
    template_name = "fleetcontrol/saved/detail.html"
    names: tuple[str, ...] = ()

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        values = {name: getattr(self.object, name) for name in self.names}
        plain = {name: getattr(value, "pk", value) for name, value in values.items()}
        words = Words.for_values(plain.items())
        return ((words.label(name), words.value(name, value)) for name, value in plain.items())

    def get_context_data(self, **context):
        return super().get_context_data(facts=self.facts, title=self.object.name, **context)


class SavedMenu(OneSaved, TemplateView):
    @property
    def template_name(self) -> str:
        return f"fleetcontrol/saved/{self.noun}_menu.html"


class SavedForm(SavedMixin, TemplateView):
    """GET shows the form, POST saves it; used to create and, with `object`, to edit."""

    writes = True
    form_class: Any = None
    title: Any = ""
    done: Any = ""
    object = None

    def make_form(self, data=None):
        return self.form_class(data, fleet=self.fleet, instance=self.object)

    def get(self, request, **kwargs):
        return self.render_to_response(self.get_context_data(form=self.make_form()))

    def post(self, request, **kwargs):
        form = self.make_form(request.POST)
        if not (acted_before(request) or self.is_saved(form)):  # sent twice, its name is taken by itself
            return self.render_to_response(self.get_context_data(form=form))
        messages.success(request, str(self.done))
        return redirect(self.list_url)

    def is_saved(self, form) -> bool:
        if form.is_valid():
            try:
                return bool(act_once(self.request, lambda: self.save(form)))
            except IntegrityError:  # somebody else had the same idea, at the same moment
                form.add_error("name", form.taken)
        return False

    def save(self, form) -> str:
        form.instance.fleet = self.fleet
        return form.save().pk

    def get_context_data(self, **context):
        return super().get_context_data(title=self.title, **context)


class EditSaved(OneSaved):
    """Before one of the forms: it begins with the row, and does not write over what somebody has made of it since."""

    @property
    def seen(self) -> str:
        return self.object.updated_at.isoformat()

    def post(self, request, **kwargs):
        is_stale = request.POST.get("seen", self.seen) != self.seen
        if not is_stale or "follow" in request.POST or acted_before(request):
            return super().post(request, **kwargs)
        about = {"form": self.make_form(request.POST), "is_stale": True, "seen": self.seen}
        return self.render_to_response(self.get_context_data(**about), status=409)

    def get_context_data(self, **context):
        return super().get_context_data(**{"seen": self.request.POST.get("seen", self.seen)} | context)


class DuplicateSaved(OneSaved, View):
    """Nothing to ask: the copy opens for editing."""

    writes = True
    http_method_names = ["post"]

    def post(self, request, **kwargs):
        copy = self.object.duplicate()
        messages.success(request, _("This is the copy. Give it a name of its own."))
        return redirect(self.url(f"{self.noun}-edit", copy.pk))


class DeleteSaved(OneSaved, ConfirmView):
    writes = True
    danger = True
    base_template = "fleetcontrol/base.html"

    @property
    def title(self):
        return _("Delete %(name)s?") % {"name": self.object.name}

    def act(self):
        self.object.delete()

    def get_success_url(self):
        return self.list_url
