from typing import Any

from django.views.generic import TemplateView

from installers.mixins import ADMIN, INSTALLER, SetUpMixin


class Home(SetUpMixin, TemplateView):
    """The reader's account, company and way to SmartControl. It is the only page for installers."""

    roles = (ADMIN, INSTALLER)
    template_name = "installers/home.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        agreement = self.company.unsigned_agreement()
        context["agreement"] = agreement
        context["may_take"] = agreement is None or self.company.may_take()
        if self.membership.is_admin:
            context["pending"] = self.company.partnerships.pending().count()
        return super().get_context_data(**context)
