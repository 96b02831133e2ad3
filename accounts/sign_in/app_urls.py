"""allauth's URLs for the app whose input is ours. They come before those of the library."""

from allauth.headless.account import views
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.sign_in.forms import AppAddEmailInput, AppLoginInput, AppResetInput


class AppLogin(views.LoginView):
    input_class = AppLoginInput


class AppReset(views.RequestPasswordResetView):
    input_class = AppResetInput


class AppEmails(views.ManageEmailView):
    input_class = {**views.ManageEmailView.input_class, "POST": AppAddEmailInput}


@csrf_exempt
def no_phone(request: HttpRequest) -> JsonResponse:
    """Accounts have no phone number. The library's view would fail here, as it asks our adapter for one."""
    return JsonResponse({"status": 404}, status=404)


urlpatterns = [
    path("auth/login", AppLogin.as_api_view(client="app"), name="account_app_login"),
    path("auth/password/request", AppReset.as_api_view(client="app"), name="account_app_reset"),
    path("account/email", AppEmails.as_api_view(client="app"), name="account_app_emails"),
    path("account/phone", no_phone, name="account_app_phone"),
]
