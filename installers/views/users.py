"""*Users*: the people of a company, for its admins."""

from typing import Any, ClassVar

from django.urls import reverse

from accounts.models import Company, CompanyMembership
from accounts.web import team
from installers.meaning import Listed, open_accesses
from installers.mixins import SetUpMixin
from jobs.models import Job


class CompanyTeamMixin(SetUpMixin, team.TeamPage):
    base_template = "installers/base.html"
    url_names: ClassVar = {
        "list": "installers:users",
        "invite": "installers:user_invite",
        "role": "installers:user_role",
        "remove": "installers:user_remove",
        "resend": "installers:invitation_resend",
        "withdraw": "installers:invitation_withdraw",
        "second_factor": "installers:company_second_factor",
    }

    @property
    def team(self) -> Company:
        return self.company

    def find(self) -> None:
        self.load()


class UserList(CompanyTeamMixin, team.UserList):
    pass


class InviteUser(CompanyTeamMixin, team.InviteUser):
    def get_initial(self) -> dict[str, Any]:
        return {"role": CompanyMembership.Role.INSTALLER}


class ChangeRole(CompanyTeamMixin, team.ChangeRole):
    pass


class RemoveUser(CompanyTeamMixin, team.RemoveUser):
    """Removing an installer also returns their jobs and ends their accesses."""

    question_template = "installers/user_remove_question.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.member.user
        jobs = Job.objects.in_company(self.company).select_related("vehicle").order_by("pk")
        context["running"] = Listed(jobs.filter(status=Job.Status.RUNNING, assignee=user))
        context["reserved"] = Listed(jobs.filter(status=Job.Status.ASSIGNED, reserved_for=user))
        context["accesses"] = Listed(open_accesses().filter(key__holder=user))
        return super().get_context_data(**context)


class ResendInvitation(CompanyTeamMixin, team.ResendInvitation):
    pass


class WithdrawInvitation(CompanyTeamMixin, team.WithdrawInvitation):
    pass


class RequireSecondFactor(CompanyTeamMixin, team.RequireSecondFactor):
    """A setting on the company's page, which is where the reader returns."""

    def get_success_url(self) -> str:
        return reverse("installers:company")
