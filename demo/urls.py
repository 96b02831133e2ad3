from django.urls import path

from demo.mails import Mails

urlpatterns = [path("mails/", Mails.as_view(), name="demo_mails")]
