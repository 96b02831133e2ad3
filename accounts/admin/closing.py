"""The end of a company by an operator: asked on a page of its own, with a reason, and then the company's own move."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.acts import What, told
from accounts.models.operator_act import tenants_of
from core.moves import MoveRefused


class CloseForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Type the company's name to close it"))
    why = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea({"rows": 3}), help_text=gettext_lazy("It is kept.")
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.company = company

    def clean_name(self) -> str:
        if self.cleaned_data["name"].strip() != self.company.name:
            raise forms.ValidationError(_("This is not the company's name."))
        return self.company.name


@admin.action(description=gettext_lazy("Close for good"), permissions=["act"])
def close(modeladmin, request, queryset):
    if queryset.count() != 1:
        messages.error(request, _("Close one company at a time."))
        return None
    company = queryset.get()
    form = CloseForm(request.POST if "why" in request.POST else None, company=company)
    if not form.is_valid():
        return ask(modeladmin, request, company, form)
    try:
        with transaction.atomic():
            fleets = [{"fleet": link.fleet} for link in company.partnerships.accepted().select_related("fleet")]
            company.close(by=request.user)
            told(request, What.CLOSE, company, tenants=tenants_of(company) + fleets, reason=form.cleaned_data["why"])
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        modeladmin.log_change(request, company, "close")
        messages.success(request, _("%(name)s was closed.") % {"name": company.name})
    return None


def ask(modeladmin, request, company, form) -> TemplateResponse:
    people = list(company.people)
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": _("Close %(name)s for good?") % {"name": company.name},
        "company": company,
        "partnerships": company.partnerships.accepted().select_related("fleet__provider"),
        "people": people,
        "staying": [member for member in people if member.user.is_needed_elsewhere],
        "form": form,
        "opts": modeladmin.model._meta,
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/accounts/company/close.html", context)
