"""The gear and the bin: the company's data, and its end."""

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView

from accounts.models import Company
from core.moves import MoveRefused
from core.web.confirm import ConfirmView
from installers.forms.company import CompanyAndMeForm, DeleteCompanyForm, SecondFactorForm
from installers.meaning import Listed, open_accesses
from installers.mixins import SetUpMixin
from installers.views.clients import BY_PROVIDER
from jobs.models import Job


class EditCompany(SetUpMixin, FormView):
    form_class, template_name, success_url = (
        CompanyAndMeForm,
        "installers/company.html",
        reverse_lazy("installers:company"),
    )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.request.user, "company": self.company}

    def get_context_data(self, **kwargs):
        signatures = self.company.signatures.select_related("agreement")
        acts = self.company.operator_acts.select_related("operator")[:50]
        about = {"signatures": signatures, "agreement": self.company.unsigned_agreement(), "operator_acts": acts}
        return super().get_context_data(**about, **kwargs)

    def form_valid(self, form):
        before = self.company.new_email
        try:
            self.save(form)
        except MoveRefused as refused:
            form.add_error("email", str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        if self.company.new_email != before:
            say_where_to_confirm(self.request, self.company)
        return super().form_valid(form)

    @transaction.atomic
    def save(self, form) -> None:
        self.company.edit(name=form.cleaned_data["name"], email=form.cleaned_data["email"], by=self.request.user)
        form.save()


class ConfirmationAgain(SetUpMixin, View):
    """The mail that asks to confirm the company's new e-mail, once more; POST alone."""

    http_method_names = ["post"]

    def post(self, request):
        try:
            self.company.ask_again(by=request.user)
        except MoveRefused as refused:
            messages.error(request, str(refused))
        else:
            say_where_to_confirm(request, self.company)
        return redirect("installers:company")


def say_where_to_confirm(request, company) -> None:
    if company.new_email:
        said = _("We have sent a mail to %(email)s: confirm the address there.") % {"email": company.new_email}
        messages.info(request, said)


class DemandSecondFactor(SetUpMixin, ConfirmView):
    form_class, title, submit = SecondFactorForm, gettext_lazy("Second factor"), gettext_lazy("Save")
    lead = gettext_lazy("Whoever has none is led to set one up before the next page of the company opens.")
    done, success_url = gettext_lazy("Saved."), reverse_lazy("installers:company")
    base_template = "installers/base.html"

    def get_initial(self):
        return {"demanded": self.company.demand_second_factor}

    def act(self, demanded: bool) -> None:
        self.company.set_second_factor(demanded, by=self.request.user)


class ConfirmEmail(ConfirmView):
    """Whoever reads the mailbox confirms it: by a click, so that no mail scanner does."""

    title, submit = gettext_lazy("Confirm the company's e-mail"), gettext_lazy("Confirm")
    done, success_url = gettext_lazy("The e-mail was confirmed."), "/"
    base_template = "allauth/layouts/entrance.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        try:
            self.company, self.email = Company.objects.by_email_token(kwargs["token"])
        except Company.DoesNotExist as error:
            raise Http404 from error

    @property
    def lead(self) -> str:
        return _("%(email)s becomes the e-mail of %(company)s.") % {"email": self.email, "company": self.company.name}

    def act(self) -> None:
        self.company.confirm_email(self.email)


class DeleteCompany(SetUpMixin, ConfirmView):
    title, submit, danger = gettext_lazy("Delete the company"), gettext_lazy("Delete the company for good"), True
    form_class, question_template = DeleteCompanyForm, "installers/company_delete_question.html"
    success_url, base_template = reverse_lazy("installers:company"), "installers/base.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"company": self.company}

    def get_context_data(self, **kwargs):
        people = list(self.company.people)
        links = list(self.company.partnerships.live().select_related("fleet__provider").order_by(*BY_PROVIDER))
        staying = [membership for membership in people if membership.user.is_needed_elsewhere]
        meaning = {
            "staying": staying,
            "closed": [membership for membership in people if membership not in staying],
            "partnerships": [link for link in links if link.status == "ACCEPTED"],
            "pending": [link for link in links if link.status == "PENDING"],
            "invited": self.company.invitations.filter(kind="COMPANY").standing(),
            "jobs": Job.objects.in_company(self.company).open().count(),
            "running": Listed(
                Job.objects.in_company(self.company)
                .filter(status=Job.Status.RUNNING)
                .select_related("assignee", "vehicle")
                .order_by("pk")
            ),
            "accesses": Listed(open_accesses().filter(job__company=self.company)),
        }
        return super().get_context_data(**meaning, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        try:
            self.company.close(by=self.request.user)
        except MoveRefused as refused:
            messages.error(self.request, str(refused))
            return redirect(self.get_success_url())
        logout(self.request)
        messages.success(self.request, _("The company was deleted, and you have been signed out."))
        return redirect("account_login")
