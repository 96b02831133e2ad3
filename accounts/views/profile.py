from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.generic import UpdateView

from accounts.forms import ProfileForm


class Profile(LoginRequiredMixin, UpdateView):
    form_class, template_name, success_url = ProfileForm, "accounts/profile.html", reverse_lazy("profile")

    def get_object(self):
        return self.request.user

    def form_valid(self, form):
        answer = super().form_valid(form)
        with translation.override(self.object.language):
            messages.success(self.request, _("Your profile was saved."))
        return answer
