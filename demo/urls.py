from django.urls import path

from demo.mails import Mails
from demo.start import SignIn, Start

urlpatterns = [
    path("", Start.as_view(), name="demo"),
    path("sign-in/", SignIn.as_view(), name="demo_sign_in"),
    path("mails/", Mails.as_view(), name="demo_mails"),
]
