"""Closing a company as an operator: a page that requires a reason and then calls the company's own method."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.actions import What, record
from accounts.models import Company
from accounts.models.operator_action import tenants_of
from accounts.web.requests import signed_in
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.values.text_fields import LineFormField, LinesFormField
from core.values.texts import LINE


class CloseForm(forms.Form):
    name = LineFormField(label=gettext_lazy("Type the company's name to close it"))
    why = LinesFormField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("It is stored with the action."),
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company

    def clean_name(self) -> str:
        if self.cleaned_data["name"] != LINE.canonical(self.company.name):
            raise forms.ValidationError(_("This is not the company's name."))
        return self.company.name


@admin.action(description=gettext_lazy("Close for good"), permissions=["action"])
def close(
    modeladmin: Any, request: HttpRequest, queryset: QuerySet[Company]
) -> TemplateResponse | None:
    if queryset.count() != 1:
        messages.error(request, _("Close one company at a time."))
        return None
    company = queryset.get()
    form = CloseForm(request.POST if "why" in request.POST else None, company=company)
    if not form.is_valid():
        return confirm_page(modeladmin, request, company, form)
    try:
        with transaction.atomic():
            fleets = [
                {"fleet": link.fleet}
                for link in company.partnerships.accepted().select_related("fleet")
            ]
            company.close(by=signed_in(request))
            record(
                request,
                What.CLOSE,
                company,
                tenants=tenants_of(company) + fleets,
                reason=form.cleaned_data["why"],
            )
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        modeladmin.log_change(request, company, "close")
        messages.success(request, with_names(_("%(name)s was closed."), name=company.name))
    return None


def confirm_page(
    modeladmin: Any, request: HttpRequest, company: Company, form: CloseForm
) -> TemplateResponse:
    people = list(company.people)
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": with_names(_("Close %(name)s for good?"), name=company.name),
        "company": company,
        "partnerships": company.partnerships.accepted().select_related("fleet__provider"),
        "people": people,
        "staying": [member for member in people if member.account_stays],
        "form": form,
        "opts": modeladmin.model._meta,
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/accounts/company/close.html", context)
