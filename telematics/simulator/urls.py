from django.urls import path

from telematics.simulator.views import SimulatorPage

app_name = "simulator"
urlpatterns = [path("<str:qnr>/", SimulatorPage.as_view(), name="unit")]
