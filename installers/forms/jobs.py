from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet, User


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}), help_text=_("The fleet reads it.")
    )


class OptionalReasonForm(ReasonForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The installer and the fleet read it."),
    )


class ReserveForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.none(), label=_("Reserved for"), required=False, empty_label=_("nobody: whoever takes it first")
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        members = company.memberships.live().values("user")
        self.fields["user"].queryset = User.objects.filter(pk__in=members).order_by("last_name", "email")


class JobFilterForm(forms.Form):
    """The bar above the list. What is not valid filters nothing."""

    search = forms.CharField(required=False, max_length=100)
    fleet = forms.ModelChoiceField(
        Fleet.objects.none(), required=False, label=_("Client"), empty_label=_("All clients")
    )
    installer = forms.ModelChoiceField(
        User.objects.none(), required=False, label=_("Installer"), empty_label=_("All installers")
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        # Of whom there are jobs: also those whose partnership has ended, and none who has only asked.
        fleets = company.partnerships.filter(status="ACCEPTED").values("fleet")
        self.fields["fleet"].queryset = (
            Fleet.objects.filter(pk__in=fleets).select_related("provider").order_by("provider__name", "name")
        )
        self.fields["fleet"].label_from_instance = lambda fleet: f"{fleet.provider} · {fleet}"
        for name in ("fleet", "installer"):
            self.fields[name].widget.attrs["class"] = "form-select"
        people = company.memberships.live().values("user")
        self.fields["installer"].queryset = User.objects.filter(pk__in=people).order_by("last_name", "email")
