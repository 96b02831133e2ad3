"""Pages of the tests' own: every part once, to be tried in a browser; served beside the real ones."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from config.urls import urlpatterns as real
from core.errors import MoveRefused
from core.web.lists.columns import CodeColumn, LinkColumn, StatusColumn
from core.web.lists.tables import Table
from core.web.lists.views import ListView
from jobs.models import Job
from jobs.web.fields import FeatureField

STATUSES = [
    *Job.Status.values,
    "AWAITING_CONFIRMATION",
    "PASSED",
    "VOIDED",
    "ERROR",
    "DECLINED",
    "DIFFERS",
    "OVERDUE",
]


class Cars(Table):
    status = StatusColumn("status", choices=Job.Status)
    name = LinkColumn("car", names=("custom_name",), sort="custom_name")
    vin = CodeColumn("VIN")
    initial = ("status", "name", "vin")


class CarForm(forms.Form):
    name = forms.CharField(help_text="What people call it.")
    tracking = FeatureField(required=False)
    notes = forms.CharField(widget=forms.Textarea, required=False)


def parts(request):
    return render(
        request,
        "parts/parts.html",
        {"statuses": STATUSES, "steps": ["One", "Two", "Three"], "step": 2},
    )


def question(request):
    return render(request, "parts/question_form.html" if request.htmx else "parts/question.html")


def refused(request):
    raise MoveRefused("wrong_status", "It is running.")


@login_required
def form(request):
    filled = CarForm(request.POST or None)
    done = request.method == "POST" and filled.is_valid()
    return render(request, "parts/saved.html" if done else "parts/form.html", {"form": filled})


def details(request, pk):
    shown = {"job": get_object_or_404(Job, pk=pk), "page_url": request.path if request.htmx else ""}
    return render(request, "parts/panel.html" if request.htmx else "parts/details.html", shown)


def menu(request, pk):
    return HttpResponse('<a href="#edit">Edit</a><a href="#drop">Drop</a>')


class CarList(ListView):
    table_class, template_name = Cars, "parts/list.html"

    def get_queryset(self):
        return Job.objects.exclude(status="DELETED")

    def get_tabs(self, counts):
        return [{"url": "?", "label": "All", "count": counts[""], "current": True}]

    def get_table_options(self):
        return {"row_url": "/parts/list/{}/", "picks": True, "menus": True}

    def get_context_data(self, **context):
        shown = (
            Job.objects.filter(pk=self.request.GET["job"]).first()
            if "job" in self.request.GET
            else None
        )
        return super().get_context_data(job=shown, page_url="#", **context)


urlpatterns = [
    path("parts/", parts),
    path("parts/question/", question),
    path("parts/refused/", refused),
    path("parts/form/", form),
    path("parts/list/", CarList.as_view()),
    path("parts/list/<str:pk>/", details),
    path("parts/list/<str:pk>/menu/", menu),
    *real,
]
