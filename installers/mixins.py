from typing import Any

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts import second_factor
from accounts.models import Company, CompanyMembership, Invitation, User
from core.errors import NotAllowed
from core.web.forbidden import keep_frame
from core.web.posted import StrictPost

ADMIN = CompanyMembership.Role.ADMIN
INSTALLER = CompanyMembership.Role.INSTALLER


def check_company(membership: CompanyMembership | None) -> None:
    """Raise NotAllowed for people of a suspended company."""
    if membership and membership.company.suspended_at:
        raise NotAllowed("company_suspended")


class CompanyMixin(AccessMixin, StrictPost):
    """Find the reader's company, then what the page is about, then check the role.

    An unseen row is 404 before a wrong role is 403.
    """

    roles: tuple[str, ...] = (ADMIN,)
    membership: CompanyMembership
    company: Company

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        membership = request.user.company_membership
        if membership is None:
            raise Http404
        check_company(membership)
        self.membership = membership
        self.company = membership.company
        keep_frame(
            request, "installers/base.html", company=self.company, membership=self.membership
        )
        self.find()
        if membership.role not in self.roles:
            raise PermissionDenied
        if second_factor.is_missing(request.user, self.company):
            return second_factor.lead_to_setup(request)
        return super().dispatch(request, *args, **kwargs)

    def find(self) -> None:
        """Load what the URL names, or raise Http404."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            company=self.company,
            membership=self.membership,
            **context,
        )


class SetUpMixin(CompanyMixin):
    """A page of a registered company. Until the registration is finished, it leads to the next step."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and registration_is_open(request.user):
            return redirect("installers:register")
        return super().dispatch(request, *args, **kwargs)


def registration_is_open(user: User) -> bool:
    """Whether `user` has not finished registering a company: their name or the agreement is missing."""
    membership = user.company_membership
    if membership is None:
        return Invitation.objects.tickets_of(user).exists()
    return membership.is_admin and (
        not user.last_name or not membership.company.signatures.exists()
    )
