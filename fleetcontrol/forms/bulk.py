"""The forms of the bulk actions."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Fleet
from core.values.text_fields import LinesFormField
from fleetcontrol.forms.place_choice import PlaceField, offer_places
from fleetcontrol.forms.roll_out_choice import RollOutField, offer_roll_outs
from fleetcontrol.forms.specification import OF_MODEL, SpecificationForm
from jobs.models import Job, JobTemplate
from telematics.models.specification import Specification


def text_with_link(text: Any, url: str, label: Any) -> SafeString:
    return format_html('{}. <a href="{}">{}</a>', text, url, label)


def day_of_service(**options: Any) -> Any:
    """The field of the planned service date, as in the form of a job."""
    field: Any = Job._meta.get_field("planned_service_date")
    return field.formfield(**options)


class PartnerField(forms.ModelChoiceField):
    """Chooses the company that does the work. The form offers the partners of its fleet."""

    def __init__(self, **options: Any):
        super().__init__(Company.objects.none(), label=_("Service Partner"), **options)


class BulkAssignForm(forms.Form):
    company = PartnerField(empty_label=_("not chosen yet"))

    def __init__(self, *args: Any, fleet: Fleet, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer_partners(self.fields["company"], fleet)


class BulkPlainForm(forms.Form):
    """For an action that needs no more than a confirmation."""

    def __init__(self, *args: Any, fleet: Fleet, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)


class BulkAgainForm(BulkPlainForm):
    planned_service_date = day_of_service(
        required=False, help_text=_("Without a date, it is open when the jobs are done.")
    )


class BulkHandbackForm(BulkPlainForm):
    reason = LinesFormField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class BulkRollOutForm(forms.Form):
    """Without a choice, the jobs belong to no roll-out afterwards."""

    roll_out = RollOutField(help_text=_("Without a choice, the jobs leave their roll-outs."))

    def __init__(self, *args: Any, fleet: Fleet, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer_roll_outs(self.fields["roll_out"], fleet)


class BulkEditForm(SpecificationForm):
    """Sets only the fields that are ticked; ticked and blank leaves the decision to the installer."""

    touch = forms.MultipleChoiceField(choices=(), required=False)
    place = PlaceField()

    class Meta:
        model = Job
        fields = [
            *Specification.SPECIFICATION_FIELDS,
            *Job.NOTES,
            "further_tests",
            "required_photos",
            "task",
        ]
        widgets = {"instructions": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, fleet: Fleet, kind: str, **kwargs: Any):
        super().__init__(*args, fleet=fleet, instance=Job(fleet=fleet, kind=kind), **kwargs)
        del self.fields["preset"]
        offer_places(self.fields["place"], fleet)
        of_other_kind = (
            ["task"] if kind == Job.Kind.INSTALLATION else Specification.SPECIFICATION_FIELDS
        )
        for name in of_other_kind:
            del self.fields[name]
        self.fields["touch"].choices = [
            (name, field.label) for name, field in self.fields.items() if name != "touch"
        ]

    @classmethod
    def followed(cls, data: Any, *, trigger: str, **kwargs: Any) -> SpecificationForm:
        """Tick what the vehicle model has filled in, and untick what it has emptied."""
        before = cls(data, **kwargs)
        form = super().followed(data, trigger=trigger, **kwargs)
        now = form.initial
        ticked = set(now["touch"] or ())
        if now.get(trigger):
            ticked.update(name for name in (trigger, *OF_MODEL) if now[name])
        emptied = {name for name in before.fields if before[name].value() and not now[name]}
        now["touch"] = list(ticked - emptied)
        return form

    def _follow_by_script(self) -> None:
        super()._follow_by_script()
        if "vehicle_model" in self.fields:
            page = reverse(
                "fleetcontrol:job-bulk", args=[self.fleet.pk, self.instance.kind.lower(), "edit"]
            )
            self.fields["vehicle_model"].widget.attrs |= {"hx-post": page, "hx-select": "#follows"}

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # the stubs lack this hook of Django
        for name in set(self.errors) - {"touch", *self.cleaned_data.get("touch", ())}:
            del self.errors[name]

    def _post_clean(self) -> None:
        """Check the job with the ticked values only."""
        given = self.cleaned_data
        self.cleaned_data = {name: given[name] for name in given.get("touch", ()) if name in given}
        super()._post_clean()  # type: ignore[misc]  # the stubs lack this hook of Django
        self.cleaned_data = given

    @property
    def offered(self) -> list[tuple[forms.BoundField, bool]]:
        """Each field, and whether it is ticked."""
        ticked = self["touch"].value() or []
        return [(self[name], name in ticked) for name in self.fields if name != "touch"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("touch"):
            raise forms.ValidationError(_("Tick what you want to set."))
        return given

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.cleaned_data["touch"]}


class CreateManyForm(forms.Form):
    fields: dict[str, Any]
    template = forms.ModelChoiceField(
        JobTemplate.objects.none(), label=_("Template"), empty_label=_("not chosen yet")
    )
    number = forms.IntegerField(
        label=_("Number of Jobs to Create"), min_value=1, max_value=10_000, initial=10
    )
    company = PartnerField(required=False, empty_label=_("not assigned yet"))

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._offer_templates(fleet)
        offer_partners(self.fields["company"], fleet)

    def _offer_templates(self, fleet: Fleet) -> None:
        field = self.fields["template"]
        field.queryset = JobTemplate.objects.filter(fleet=fleet)
        if not field.queryset.exists():
            new_template = reverse("fleetcontrol:template-create", args=[fleet.pk])
            field.help_text = text_with_link(_("No templates yet"), new_template, _("New Template"))


def offer_partners(field: Any, fleet: Fleet) -> None:
    """Offer the partners that this fleet can assign jobs to; without one, a link to the page that invites them."""
    field.queryset = partners_of(fleet)
    if not field.queryset.exists():
        partners_url = reverse("fleetcontrol:partners", args=[fleet.pk])
        text = _("No partner has accepted an invitation yet")
        field.help_text = text_with_link(text, partners_url, _("Partner & Teams"))


def partners_of(fleet: Fleet) -> QuerySet[Company]:
    """Return the partners that this fleet can assign jobs to."""
    return Company.objects.working().filter(pk__in=fleet.partnerships.accepted().values("company"))
