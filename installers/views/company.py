"""The gear icon and the bin icon: editing the company, and deleting it."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView, TemplateView

from accounts.models import Company, Partnership
from accounts.web.mail_allowance import address_changes_left
from accounts.web.requests import signed_in
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.confirm import ConfirmView
from installers.forms.company import CompanyAndMeForm, DeleteCompanyForm
from installers.meaning import Listed, open_accesses
from installers.mixins import SetUpMixin
from installers.views.clients import BY_PROVIDER
from jobs.models import Job

Status = Partnership.Status
VERSION = re.compile(r"[0-9]{1,6}")


class EditCompany(SetUpMixin, FormView):
    form_class = CompanyAndMeForm
    template_name = "installers/company.html"
    success_url = reverse_lazy("installers:company")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.request.user, "company": self.company}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["signatures"] = self.company.signatures.select_related("agreement")
        context["agreement"] = self.company.unsigned_agreement()
        context["operator_actions"] = self.company.operator_actions.select_related("operator")[:50]
        return super().get_context_data(**context)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        email = form.fields["email"]
        email.help_text = f"{email.help_text} {address_changes_left(self.company.address_mails)}"
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        before = self.company.new_email
        try:
            self.save(form)
        except MoveRefused as refused:
            form.add_error("email", str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        if self.company.new_email != before:
            show_confirmation_sent(self.request, self.company)
        return super().form_valid(form)

    @transaction.atomic
    def save(self, form: Any) -> None:
        cleaned = form.cleaned_data
        self.company.edit(
            name=cleaned["name"],
            email=cleaned["email"],
            by=signed_in(self.request),
        )
        form.save()


class ReadAgreement(SetUpMixin, TemplateView):
    """The newest version that the company has accepted, to be read again; `version` in the URL names another."""

    template_name = "installers/company_agreement.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        signatures = self.company.signatures.select_related("agreement")
        version = self.request.GET.get("version", "")
        if version:
            signatures = signatures.filter(agreement__version=as_version(version))
        signature = signatures.order_by("-agreement__version").first()
        if signature is None:
            raise Http404
        return super().get_context_data(signature=signature, **context)


def as_version(text: str) -> int:
    """Return the number of a version. Raises Http404 for any other text."""
    if not VERSION.fullmatch(text):
        raise Http404
    return int(text)


class ConfirmationAgain(SetUpMixin, View):
    """Mail the link that confirms the company's new e-mail again; POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            self.company.resend_confirmation(by=signed_in(request))
        except MoveRefused as refused:
            messages.error(request, str(refused))
        else:
            show_confirmation_sent(request, self.company)
        return redirect("installers:company")


def show_confirmation_sent(request: HttpRequest, company: Company) -> None:
    """Show where the mail went, if an e-mail waits to be confirmed."""
    if company.new_email:
        text = _("We have sent a mail to %(email)s. Follow its link to confirm the e-mail.")
        messages.info(request, text % {"email": company.new_email})


class ConfirmEmail(ConfirmView):
    """The mailed link. The page asks first, so that a mail scanner that opens links confirms nothing."""

    title = gettext_lazy("Confirm the company's e-mail")
    submit = gettext_lazy("Confirm")
    done = gettext_lazy("The e-mail was confirmed.")
    success_url = "/"
    base_template = "allauth/layouts/entrance.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        try:
            self.company, self.email = Company.objects.by_email_token(kwargs["token"])
        except Company.DoesNotExist as error:
            raise Http404 from error

    @property
    def lead(self) -> str:
        return with_names(
            _("%(email)s becomes the e-mail of %(company)s."),
            email=self.email,
            company=self.company.name,
        )

    def perform(self) -> None:
        self.company.confirm_email(self.email)


class DeleteCompany(SetUpMixin, ConfirmView):
    title = gettext_lazy("Delete the company")
    submit = gettext_lazy("Delete the company for good")
    danger = True
    form_class = DeleteCompanyForm
    question_template = "installers/company_delete_question.html"
    success_url = reverse_lazy("installers:company")
    base_template = "installers/base.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"company": self.company}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.update(self.people_and_clients())
        jobs = Job.objects.in_company(self.company)
        running = (
            jobs.filter(status=Job.Status.RUNNING)
            .select_related("assignee", "vehicle")
            .order_by("pk")
        )
        context["jobs"] = jobs.open().count()
        context["running"] = Listed(running)
        context["accesses"] = Listed(open_accesses().filter(job__company=self.company))
        return super().get_context_data(**context)

    def people_and_clients(self) -> dict[str, Any]:
        people = list(self.company.people)
        staying = [membership for membership in people if membership.account_stays]
        links = list(
            self.company.partnerships.live()
            .select_related("fleet__provider")
            .order_by(*BY_PROVIDER)
        )
        return {
            "staying": staying,
            "closed": [membership for membership in people if membership not in staying],
            "partnerships": [link for link in links if link.status == Status.ACCEPTED],
            "pending": [link for link in links if link.status == Status.PENDING],
            "invited": self.company.standing_invitations,
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.company.close(by=signed_in(self.request))
        except MoveRefused as refused:
            messages.error(self.request, str(refused))
            return redirect(self.get_success_url())
        logout(self.request)
        messages.success(self.request, _("The company was deleted, and you have been signed out."))
        return redirect("account_login")
