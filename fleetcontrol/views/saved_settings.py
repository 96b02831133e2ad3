"""The pages that templates and presets share: details, form, duplicate, delete. Their lists: saved_settings_list.py."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.values.bidi import with_names
from core.values.texts import LINE
from core.web.confirm import ConfirmView
from core.web.lists.pages import with_query
from core.web.once import answer_form_once, form_answer
from core.web.posted import require_field
from fleetcontrol import return_to
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.saved_actions import SavedActions
from jobs.models import ConfigurationPreset, JobTemplate, RollOut
from jobs.reading.words import Words
from telematics.models import Place

# What this room saves.
SavedModel = type[JobTemplate] | type[ConfigurationPreset] | type[Place] | type[RollOut]


class SavedMixin(FleetMixin):
    """`noun` begins the names of the URLs and of the HTML templates."""

    model: SavedModel
    noun = ""
    names: tuple[str, ...] = ()  # the fields that the details show
    panel_template = "fleetcontrol/saved/panel.html"

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"fleetcontrol:{name}", args=[self.fleet.pk, *args])

    @property
    def start_url(self) -> str:
        return self.url(f"{self.noun}s")

    @property
    def list_url(self) -> str:
        """The list as the reader left it, else from its start."""
        return return_to.nearest_list(self.came_from, [self.start_url]) or self.start_url

    @property
    def saved(self) -> QuerySet:
        return self.model.objects.filter(fleet=self.fleet)

    def details(self, row: Any, list_url: str) -> dict[str, Any]:
        plain = {}
        for name in self.names:
            value = getattr(row, name)
            plain[name] = getattr(value, "pk", value)
        words = Words.for_values(plain.items())
        facts = [(words.label(name), words.value(name, value)) for name, value in plain.items()]
        return {"object": row, "facts": facts, **self.actions_of(row, list_url)}

    def actions_of(self, row: Any, list_url: str) -> dict[str, Any]:
        from_here = return_to.parameter(list_url)
        return {
            "from_here": from_here,
            "actions": SavedActions(self.fleet.pk, self.noun, row.pk, from_here),
        }

    def panel(self, row: Any, list_url: str) -> dict[str, Any]:
        """The details beside the list."""
        context = self.details(row, list_url)
        context["page_url"] = f"{self.url(self.noun, row.pk)}?{return_to.parameter(list_url)}"
        context["close_url"] = with_query(list_url, **{self.noun: None})
        return context

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("list_url", self.list_url)
        context.setdefault("noun", self.noun)
        context.setdefault("panel_template", self.panel_template)
        context.setdefault("from_here", return_to.parameter(self.came_from))
        return super().get_context_data(**context)


class OneSaved(SavedMixin):
    """A page about one template or preset."""

    object: Any

    def find(self) -> None:
        self.object = self.saved.filter(pk=self.kwargs["pk"]).first()
        if self.object is None:
            raise Http404

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("object", self.object)
        return super().get_context_data(**context)


class SavedDetail(OneSaved, TemplateView):
    """The panel for htmx, else a page."""

    def get_template_names(self) -> list[str]:
        if self.request.htmx:
            return [self.panel_template]
        return ["fleetcontrol/saved/detail.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        show = self.panel if self.request.htmx else self.details
        return super().get_context_data(**show(self.object, self.list_url), **context)


class SavedMenu(OneSaved, TemplateView):
    template_name = "fleetcontrol/saved/menu.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context |= self.actions_of(self.object, self.came_from)
        return super().get_context_data(details_url=self.url(self.noun, self.object.pk), **context)


class SavedForm(SavedMixin, TemplateView):
    """GET shows the form, POST saves it; it creates and, with `object`, edits."""

    writes = True
    form_class: Any = None
    title: Any = ""
    done: Any = gettext_lazy("“%(name)s” was saved.")
    object: Any = None

    @property
    def instance(self) -> Any:
        """The row that the form begins with."""
        return self.object

    def make_form(self, data: QueryDict | None = None) -> Any:
        return self.form_class(data, fleet=self.fleet, instance=self.instance)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.make_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if "enter" in request.POST:
            return self.show(form)
        # A form that is sent twice is not saved again: the first has taken its name.
        if not (form_answer(request) or self.is_saved(form)):
            return self.show(form)
        name = LINE.canonical(request.POST.get("name", ""))
        messages.success(request, with_names(self.done, name=name))
        self.warn(form)
        return redirect(self.list_url)

    def warn(self, form: Any) -> None:
        """Show after saving what a person should check."""

    def show(self, form: Any, status: int = 200, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, **context), status=status)

    def is_saved(self, form: Any) -> bool:
        if not form.is_valid():
            return False
        try:
            return bool(answer_form_once(self.request, lambda: self.save(form)))
        except IntegrityError:  # another request has taken the name at the same moment
            form.add_error("name", form.taken)
            return False

    def save(self, form: Any) -> str:
        form.instance.fleet = self.fleet
        return form.save().pk

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title, **context)


class EditSaved(OneSaved, SavedForm):
    """The form that begins with the row, and does not overwrite a change that was made since."""

    @property
    def seen(self) -> str:
        """The version of the row."""
        return self.object.updated_at.isoformat()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        require_field(request, "seen")
        is_stale = request.POST["seen"] != self.seen
        if not is_stale or "follow" in request.POST or form_answer(request):
            return super().post(request, **kwargs)
        return self.show(self.make_form(request.POST), status=409, is_stale=True, seen=self.seen)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("seen", self.request.POST.get("seen", self.seen))
        return super().get_context_data(**context)


class DuplicateSaved(OneSaved, SavedForm):
    """The form that begins with a copy of the row; nothing is written until it is saved."""

    @property
    def title(self) -> str:
        return with_names(_("Duplicate %(name)s"), name=self.object.name)

    @cached_property
    def instance(self) -> Any:
        return self.object.duplicate()


class DeleteSaved(OneSaved, ConfirmView):
    writes = True
    danger = True
    base_template = "fleetcontrol/base.html"
    submit = gettext_lazy("Delete")

    @property
    def title(self) -> str:
        return with_names(_("Delete %(name)s?"), name=self.object.name)

    @property
    def done(self) -> str:
        return with_names(_("“%(name)s” was deleted."), name=self.object.name)

    def perform(self) -> None:
        self.object.delete()

    def get_success_url(self) -> str:
        """The list without the details of the deleted row."""
        if self.kwargs["pk"] in self.list_url:
            return with_query(self.list_url, **{self.noun: None})
        return self.list_url

    def get_cancel_url(self) -> str:
        return self.list_url
