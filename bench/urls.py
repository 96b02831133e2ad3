"""The product's addresses, and those of the pages that it is compared with."""

from django.urls import include, path

from bench import constant, textbook

urlpatterns = [
    path("bench/b0/<int:size>/", constant.alone),
    path("bench/b1/<int:size>/", constant.behind_the_user),
    path("bench/textbook/<str:fleet_id>/", textbook.JobList.as_view()),
    path("bench/drf/jobs/", textbook.JobCursorList.as_view()),
    path("bench/drf/vehicles/", textbook.VehicleCursorList.as_view()),
    path("", include("config.urls")),
]
