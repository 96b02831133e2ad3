"""What templates and presets have in common: one of them to look at, write, duplicate, delete; their lists are beside."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Model
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.web.confirm import ConfirmView
from core.web.once import act_once, acted_before
from core.web.pages import with_query
from fleetcontrol import way_back
from fleetcontrol.mixins import FleetMixin
from jobs.words import Words


class SavedMixin(FleetMixin):
    """`noun` is the name of its addresses and of its folder of templates."""

    model: ClassVar[type[Model]]
    noun = ""
    names: tuple[str, ...] = ()  # of the fields that its details show

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"fleetcontrol:{name}", args=[self.fleet.pk, *args])

    @property
    def start_url(self) -> str:
        return self.url(f"{self.noun}s")

    @property
    def list_url(self) -> str:
        """The list as the reader left it, else from its start."""
        return way_back.list_among(self.came_from, [self.start_url]) or self.start_url

    @property
    def saved(self):
        return self.model.objects.filter(fleet=self.fleet)

    def details(self, found: Any, list_url: str) -> dict[str, Any]:
        """What the panel of one of them shows, and where it leads."""
        values = {name: getattr(found, name) for name in self.names}
        plain = {name: getattr(value, "pk", value) for name, value in values.items()}
        words = Words.for_values(plain.items())
        facts = [(words.label(name), words.value(name, value)) for name, value in plain.items()]
        return {"object": found, "facts": facts, "from_here": way_back.tell(list_url)}

    def panel(self, found: Any, list_url: str) -> dict[str, Any]:
        """The same beside the list."""
        page_url = f"{self.url(self.noun, found.pk)}?{way_back.tell(list_url)}"
        close_url = with_query(list_url, **{self.noun: None})
        return {**self.details(found, list_url), "page_url": page_url, "close_url": close_url}

    def get_context_data(self, **context):
        about = {"list_url": self.list_url, "noun": self.noun, "from_here": way_back.tell(self.came_from)}
        return super().get_context_data(**about | context)


class OneSaved(SavedMixin):
    def find(self):
        self.object = self.saved.filter(pk=self.kwargs["pk"]).first()
        if self.object is None:
            raise Http404

    def get_context_data(self, **context):
        return super().get_context_data(**{"object": self.object} | context)


class SavedDetail(OneSaved, TemplateView):
    """htmx asks for the panel alone, everybody else gets a page."""

    def get_template_names(self):
        return [f"fleetcontrol/saved/{'panel' if self.request.htmx else 'detail'}.html"]

    def get_context_data(self, **context):
        shown = (self.panel if self.request.htmx else self.details)(self.object, self.list_url)
        return super().get_context_data(**shown, **context)


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
        return redirect(f"{self.url(f'{self.noun}-edit', copy.pk)}?{way_back.tell(self.list_url)}")


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
        """The list, where its own details are closed."""
        return with_query(self.list_url, **{self.noun: None}) if self.kwargs["pk"] in self.list_url else self.list_url

    def get_cancel_url(self):
        return self.list_url
