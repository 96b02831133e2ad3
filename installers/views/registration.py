"""The wizard of a new company. Its place is read from what is there, so it resumes wherever it was left."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView, TemplateView

from accounts.forms import PersonForm
from accounts.models import Agreement, Company, Invitation
from accounts.views.invitations import STEPS
from core.moves import MoveRefused
from installers import second_factor
from installers.forms.company import AcceptAgreementForm, CompanyForm
from installers.views.company import say_where_to_confirm

COMPANY, PERSON, AGREEMENT, CLIENTS, DONE = "company", "person", "agreement", "clients", ""
ORDER = [COMPANY, PERSON, AGREEMENT, CLIENTS]


def step_of(user) -> str:
    """What is still missing; "" when nothing is. Raises Http404 for whom no invitation brought here."""
    membership = user.company_membership
    if membership is None:
        if Invitation.objects.tickets_of(user).exists():
            return COMPANY
        raise Http404
    if not membership.is_admin:
        return DONE
    if not (user.first_name and user.last_name):
        return PERSON
    if membership.company.unsigned_agreement():
        return AGREEMENT
    return CLIENTS if membership.company.partnerships.pending().exists() else DONE


class Register(LoginRequiredMixin, View):
    """To the step where the reader stopped."""

    def get(self, request: HttpRequest) -> HttpResponse:
        step = step_of(request.user)
        return redirect(f"installers:register_{step}" if step else "installers:home")


class Step(LoginRequiredMixin):
    """One step: shown when it is its turn, else the reader is led to the one that is."""

    step: str

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            if step_of(request.user) != self.step:
                return redirect("installers:register")
            if second_factor.is_missing(request.user, self.company):
                return second_factor.lead_to_setup(request)
        return super().dispatch(request, *args, **kwargs)

    @property
    def company(self) -> Company | None:
        return self.request.user.company

    def get_context_data(self, **kwargs):
        return super().get_context_data(company=self.company, steps=STEPS, step=ORDER.index(self.step) + 2, **kwargs)

    def next(self) -> HttpResponse:
        return redirect("installers:register")


class CompanyStep(Step, FormView):
    step, form_class, template_name = COMPANY, CompanyForm, "installers/register_company.html"

    def get_initial(self):
        return {"email": self.request.user.email}

    def form_valid(self, form):
        try:
            company = Company.objects.register(by=self.request.user, **form.cleaned_data)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        say_where_to_confirm(self.request, company)
        return self.next()


class PersonStep(Step, FormView):
    step, form_class, template_name = PERSON, PersonForm, "installers/register_person.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.request.user}

    def form_valid(self, form):
        form.save()
        return self.next()


class AgreementStep(Step, FormView):
    """Also where a new version of the agreement asks again."""

    step, form_class, template_name = AGREEMENT, AcceptAgreementForm, "installers/register_agreement.html"

    def get_initial(self):
        return {"version": self.agreement.version}

    def get_context_data(self, **kwargs):
        return super().get_context_data(agreement=self.agreement, **kwargs)

    @cached_property
    def agreement(self):
        """The newest one, also when another admin signs it while this page is made: a second signature changes nothing."""
        return Agreement.objects.newest()

    def form_valid(self, form):
        read = Agreement.objects.filter(version=form.cleaned_data["version"]).first()
        address = get_adapter(self.request).get_client_ip(self.request)
        try:
            self.company.sign(read, by=self.request.user, address=address)
        except MoveRefused as refused:
            messages.warning(self.request, str(refused))
        return self.next()


class ClientsStep(Step, TemplateView):
    step, template_name = CLIENTS, "installers/register_clients.html"

    def get_context_data(self, **kwargs):
        pending = self.company.partnerships.pending().select_related("fleet__provider")
        return super().get_context_data(pending=pending, **kwargs)
