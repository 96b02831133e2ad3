from django.views.generic import TemplateView

from installers.mixins import ADMIN, INSTALLER, SetUpMixin


class Home(SetUpMixin, TemplateView):
    """Who I am here, and how to get to work. All that an installer sees of the website."""

    roles, template_name = (ADMIN, INSTALLER), "installers/home.html"

    def get_context_data(self, **kwargs):
        pending = self.company.partnerships.pending().count() if self.membership.is_admin else 0
        agreement = self.company.unsigned_agreement()
        may_take = agreement is None or self.company.may_take()
        return super().get_context_data(pending=pending, agreement=agreement, may_take=may_take, **kwargs)
