from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Company, CompanyMembership, Invitation
from installers import second_factor

ADMIN, INSTALLER = CompanyMembership.Role.ADMIN, CompanyMembership.Role.INSTALLER


class CompanyMixin(AccessMixin):
    """The reader's own company, then what the page is about; loading authorises: unseen is 404, a wrong role 403."""

    roles = (ADMIN,)
    membership: CompanyMembership
    company: Company

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        membership = request.user.company_membership
        if membership is None or membership.company.suspended_at:
            raise Http404
        self.membership, self.company = membership, membership.company
        self.find()
        if membership.role not in self.roles:
            raise PermissionDenied
        if second_factor.is_missing(request.user, self.company):
            return second_factor.lead_to_setup(request)
        return super().dispatch(request, *args, **kwargs)

    def find(self) -> None:
        """Load what the address names, or raise Http404."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(company=self.company, membership=self.membership, **kwargs)


class SetUpMixin(CompanyMixin):
    """Pages that make sense once the company is registered: before, its admin goes on with the wizard."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated and registration_is_open(request.user):
            return redirect("installers:register")
        return super().dispatch(request, *args, **kwargs)


def registration_is_open(user) -> bool:
    """Is `user` in the middle of registering a company: no name yet, or nothing signed by its admin?"""
    membership = user.company_membership
    if membership is None:
        return Invitation.objects.tickets_of(user).exists()
    return membership.is_admin and (not user.last_name or not membership.company.signatures.exists())
