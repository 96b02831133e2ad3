"""Registering a company, step by step.

The current step follows from what is stored, so it resumes where it was left.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView, TemplateView

from accounts import second_factor
from accounts.forms import PersonForm
from accounts.models import Agreement, Company, Invitation, User
from accounts.views.invitations import STEPS
from accounts.web.requests import signed_in
from core.errors import MoveRefused
from core.web.posted import StrictPost
from installers.forms.company import AcceptAgreementForm, CompanyForm
from installers.mixins import check_company
from installers.views.company import show_confirmation_sent

PASSWORD = "password"  # noqa: S105 - the name of a step
COMPANY = "company"
PERSON = "person"
AGREEMENT = "agreement"
CLIENTS = "clients"
DONE = ""
ORDER = [PASSWORD, COMPANY, PERSON, AGREEMENT, CLIENTS]


def step_of(user: User) -> str:
    """The step that is missing, or DONE. Raises Http404 for people without a company and an invitation to found one."""
    membership = user.company_membership
    if membership is None:
        if Invitation.objects.tickets_of(user).exists():
            return COMPANY
        raise Http404
    check_company(membership)
    if not membership.is_admin:
        return DONE
    if not (user.first_name and user.last_name):
        return PERSON
    if membership.company.unsigned_agreement():
        return AGREEMENT
    if membership.company.partnerships.pending().exists():
        return CLIENTS
    return DONE


class Register(LoginRequiredMixin, View):
    """Lead to the step where the reader stopped."""

    def get(self, request: HttpRequest) -> HttpResponse:
        step = step_of(signed_in(request))
        return redirect(f"installers:register_{step}" if step else "installers:home")


class Step(LoginRequiredMixin, StrictPost):
    """One step, the current one or one before it. Any other leads to the current one."""

    step: str
    current: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.current = step_of(request.user)
            if not self.is_reached:
                return redirect("installers:register")
            company = request.user.company
            if company and second_factor.is_missing(request.user, company):
                return second_factor.lead_to_setup(request)
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_reached(self) -> bool:
        return self.current != DONE and ORDER.index(self.step) <= ORDER.index(self.current)

    @property
    def is_past(self) -> bool:
        return self.step != self.current

    @property
    def reader(self) -> User:
        return signed_in(self.request)

    @property
    def company(self) -> Company:
        """The company being registered, from the second step on."""
        company = self.reader.company
        assert company
        return company

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["step"] = ORDER.index(self.step) + 1
        context["back_url"] = self.url_of(ORDER.index(self.step) - 1)
        return super().get_context_data(
            company=self.reader.company,
            steps=STEPS,
            **context,
        )

    @staticmethod
    def url_of(number: int) -> str:
        if number >= 0:
            return reverse(f"installers:register_{ORDER[number]}")
        return ""

    def next(self) -> HttpResponse:
        """The following step; after the current one, what is missing then."""
        if self.is_past:
            return redirect(self.url_of(ORDER.index(self.step) + 1))
        return redirect("installers:register")


class PasswordStep(Step, TemplateView):
    """The first step is behind everyone who is signed in. Going back to it shows who they are."""

    step = PASSWORD
    template_name = "installers/register_password.html"


class CompanyStep(Step, FormView):
    step = COMPANY
    form_class = CompanyForm
    template_name = "installers/register_company.html"

    def get_initial(self) -> dict[str, Any]:
        if company := self.reader.company:
            return {"name": company.name, "email": company.new_email or company.email}
        return {"email": self.reader.email}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            company = self.save(**form.cleaned_data)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        show_confirmation_sent(self.request, company)
        return self.next()

    def save(self, name: str, email: str) -> Company:
        """Register the company, or change it if the reader has come back to this step."""
        company = self.reader.company
        if company is None:
            return Company.objects.register(by=self.reader, name=name, email=email)
        company.edit(name=name, email=email, by=self.reader)
        return company


class PersonStep(Step, FormView):
    step = PERSON
    form_class = PersonForm
    template_name = "installers/register_person.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.reader}

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        return self.next()


class AgreementStep(Step, FormView):
    """Also the page where a new version of the agreement is accepted."""

    step = AGREEMENT
    form_class = AcceptAgreementForm
    template_name = "installers/register_agreement.html"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.agreement.version}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["signature"] = self.company.signatures.filter(agreement=self.agreement).first()
        return super().get_context_data(agreement=self.agreement, **context)

    @cached_property
    def agreement(self) -> Agreement:
        """The newest version, even if another admin has signed it meanwhile: signing again changes nothing."""
        newest = Agreement.objects.newest()
        assert newest, "this step is the current one only while there is an agreement"
        return newest

    def form_valid(self, form: forms.Form) -> HttpResponse:
        read = Agreement.objects.filter(version=form.cleaned_data["version"]).first()
        address = get_adapter(self.request).get_client_ip(self.request)
        try:
            self.company.sign(read, by=self.reader, address=address)
        except MoveRefused as refused:
            messages.warning(self.request, str(refused))
        return self.next()


class ClientsStep(Step, TemplateView):
    step = CLIENTS
    template_name = "installers/register_clients.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        pending = self.company.partnerships.pending().select_related("fleet__provider")
        return super().get_context_data(pending=pending, **context)
