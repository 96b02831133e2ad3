"""*Settings ▸ Users*: the fleet's admins say who belongs to it, and in which role."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from accounts.models import FleetMembership
from core.moves import MoveRefused
from core.web.confirm import ConfirmView
from fleetcontrol.forms.users import InviteUserForm, RoleForm, SecondFactorForm
from fleetcontrol.mixins import FleetMixin

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AdminMixin(FleetMixin):
    """A page for the admins of the fleet alone."""

    section = "settings"
    base_template = "fleetcontrol/base.html"

    def check(self):
        if self.fleet.role != FleetMembership.Role.ADMIN:
            raise PermissionDenied

    def get_success_url(self):
        return reverse("fleetcontrol:users", args=[self.fleet.pk])


class UserList(AdminMixin, TemplateView):
    template_name = "fleetcontrol/users/list.html"

    def get_context_data(self, **context):
        factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_FACTORS)
        people = self.fleet.people.annotate(has_second_factor=Exists(factors))
        invited = self.fleet.invitations.filter(kind=self.fleet.INVITATION).standing().select_related("mail")
        about = {"people": people, "invited": invited, "roles": FleetMembership.Role}
        acts = self.fleet.operator_acts.select_related("operator")[:50]
        return super().get_context_data(**about, operator_acts=acts, **context)


class InviteUser(AdminMixin, ConfirmView):
    form_class = InviteUserForm
    title, submit = gettext_lazy("Invite User"), gettext_lazy("Send Invitation")
    lead = gettext_lazy("The person gets a mail with a link that works for 14 days.")

    def get_initial(self):
        return {"role": FleetMembership.Role.MANAGER}

    def form_valid(self, form):
        try:
            self.fleet.invite(by=self.request.user, **form.cleaned_data)
        except MoveRefused as refused:
            form.add_error("email", str(refused))
            return self.form_invalid(form)
        # The same words whether the address is known or not.
        messages.success(self.request, _("An invitation is on its way to %(email)s.") % form.cleaned_data)
        return redirect(self.get_success_url())


class DemandSecondFactor(AdminMixin, ConfirmView):
    form_class = SecondFactorForm
    title, submit = gettext_lazy("Second factor"), gettext_lazy("Save")
    lead = gettext_lazy("Whoever has none is led to set one up before the next page of the fleet opens.")
    done = gettext_lazy("The setting is saved.")

    def get_initial(self):
        return {"demanded": self.fleet.demand_second_factor}

    def act(self, demanded):
        self.fleet.set_second_factor(demanded, by=self.request.user)


class OfMember(AdminMixin):
    """Something about one member of the fleet; anybody else is 404."""

    def find(self):
        self.member = self.fleet.people.filter(pk=self.kwargs["pk"]).first()
        if self.member is None:
            raise Http404

    def get_context_data(self, **context):
        return super().get_context_data(member=self.member, **context)


class ChangeRole(OfMember, ConfirmView):
    form_class, submit = RoleForm, gettext_lazy("Change the role")
    done = gettext_lazy("The role was changed.")

    @property
    def title(self) -> str:
        return _("Role of %(name)s") % {"name": self.member.user.name}

    def get_initial(self):
        return {"role": self.member.role}

    def act(self, role):
        self.fleet.change_role(self.member, role, by=self.request.user)


class RemoveUser(OfMember, ConfirmView):
    submit, danger = gettext_lazy("Remove"), True
    question_template = "fleetcontrol/users/remove_question.html"
    done = gettext_lazy("The person was removed and signed out everywhere.")

    @property
    def title(self) -> str:
        return _("Remove %(name)s?") % {"name": self.member.user.name}

    def get_context_data(self, **context):
        user = self.member.user
        others = user.fleet_memberships.exclude(pk=self.member.pk).exists()
        return super().get_context_data(
            stays=others or user.is_staff or user.company_membership is not None,
            is_last_admin=self.member.is_admin and self.fleet.people.admins().count() == 1,
            **context,
        )

    def act(self):
        self.fleet.remove_member(self.member, by=self.request.user)


class OfInvitation(AdminMixin, View):
    """An act on an open invitation to the fleet; POST alone."""

    http_method_names = ["post"]

    def find(self):
        invitations = self.fleet.invitations.filter(kind=self.fleet.INVITATION).standing()
        self.invitation = invitations.filter(pk=self.kwargs["pk"]).first()
        if self.invitation is None:
            raise Http404

    def post(self, request, **kwargs):
        try:
            messages.success(request, self.act() % {"email": self.invitation.email})
        except MoveRefused as refused:
            messages.error(request, str(refused))
        return redirect(self.get_success_url())


class ResendInvitation(OfInvitation):
    def act(self) -> str:
        self.invitation.resend(by=self.request.user)
        return _("A new link is on its way to %(email)s; the old one is dead.")


class WithdrawInvitation(OfInvitation):
    def act(self) -> str:
        self.invitation.withdraw(by=self.request.user)
        return _("The invitation of %(email)s was withdrawn.")
