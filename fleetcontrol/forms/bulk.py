"""The forms of the bulk acts."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from fleetcontrol.forms.specification import OF_MODEL, SpecificationForm
from jobs.models import Job, JobTemplate
from telematics.models.specification import Specification


def said_with_link(text: Any, url: str, label: Any) -> SafeString:
    return format_html('{}. <a href="{}">{}</a>', text, url, label)


class BulkAssignForm(forms.Form):
    company = forms.ModelChoiceField(Company.objects.none(), label=_("Company"), empty_label=_("not chosen yet"))

    def __init__(self, *args: Any, fleet, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer_partners(self.fields["company"], fleet)


class BulkDeleteForm(forms.Form):
    def __init__(self, *args: Any, fleet, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)


class BulkEditForm(SpecificationForm):
    """Sets only what is ticked; ticked and blank hands the decision to the installer."""

    touch = forms.MultipleChoiceField(choices=(), required=False)

    class Meta:
        model = Job
        fields = [*Specification.SPECIFICATION_FIELDS, *Job.NOTES, "further_tests", "task"]
        widgets = {
            "planned_service_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "instructions": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, fleet, kind: str, **kwargs: Any):
        super().__init__(*args, fleet=fleet, instance=Job(fleet=fleet, kind=kind), **kwargs)
        del self.fields["preset"]
        for name in ["task"] if kind == Job.Kind.INSTALLATION else Specification.SPECIFICATION_FIELDS:
            del self.fields[name]
        self.fields["touch"].choices = [(name, field.label) for name, field in self.fields.items() if name != "touch"]

    @classmethod
    def followed(cls, data, *, trigger: str, **kwargs) -> "BulkEditForm":
        """What the vehicle model has filled in is ticked with it, what it has emptied is not."""
        before, form = cls(data, **kwargs), super().followed(data, trigger=trigger, **kwargs)
        now = form.initial
        emptied = {name for name in before.fields if before[name].value() and not now[name]}
        filled = {name for name in (trigger, *OF_MODEL) if now[name]} if now.get(trigger) else set()
        now["touch"] = [*((set(now["touch"] or ()) | filled) - emptied)]
        return form

    def _listen(self) -> None:
        super()._listen()
        if "vehicle_model" in self.fields:
            page = reverse("fleetcontrol:job-bulk", args=[self.fleet.pk, self.instance.kind.lower(), "edit"])
            self.fields["vehicle_model"].widget.attrs |= {"hx-post": page, "hx-select": "#follows"}

    def _clean_fields(self) -> None:
        super()._clean_fields()
        for name in set(self._errors) - {"touch", *self.cleaned_data.get("touch", ())}:
            del self._errors[name]

    def _post_clean(self) -> None:
        """The job that it makes is tried with what is ticked; what else is filled in counts for nothing."""
        given = self.cleaned_data
        self.cleaned_data = {name: given[name] for name in given.get("touch", ()) if name in given}
        super()._post_clean()
        self.cleaned_data = given

    @property
    def offered(self):
        """Each field with whether it is ticked."""
        ticked = self["touch"].value() or []
        return [(self[name], name in ticked) for name in self.fields if name != "touch"]

    def clean(self):
        given = super().clean()
        if not given.get("touch"):
            raise forms.ValidationError(_("Tick what you want to set."))
        return given

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.cleaned_data["touch"]}


class CreateManyForm(forms.Form):
    template = forms.ModelChoiceField(JobTemplate.objects.none(), label=_("Template"), empty_label=_("not chosen yet"))
    number = forms.IntegerField(label=_("Number of jobs"), min_value=1, max_value=10_000, initial=10)
    company = forms.ModelChoiceField(
        Company.objects.none(), label=_("Company"), required=False, empty_label=_("not assigned yet")
    )

    def __init__(self, *args: Any, fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = JobTemplate.objects.filter(fleet=fleet)
        if not self.fields["template"].queryset.exists():
            new_template = reverse("fleetcontrol:template-create", args=[fleet.pk])
            self.fields["template"].help_text = said_with_link(_("No templates yet"), new_template, _("New Template"))
        offer_partners(self.fields["company"], fleet)


def offer_partners(field: forms.ModelChoiceField, fleet) -> None:
    """Whom this fleet can assign jobs to; where there is nobody yet, the way to change that."""
    field.queryset = partners_of(fleet)
    if not field.queryset.exists():
        partners = reverse("fleetcontrol:partners", args=[fleet.pk])
        told = _("No partner has accepted an invitation yet")
        field.help_text = said_with_link(told, partners, _("Partner & Teams"))


def partners_of(fleet):
    """Whom this fleet can assign jobs to."""
    return Company.objects.working().filter(pk__in=fleet.partnerships.accepted().values("company"))
