from django.urls import path

from fleetcontrol.views import places

urlpatterns = [
    path("", places.PlaceList.as_view(), name="places"),
    path("columns/", places.PlaceColumns.as_view(), name="place-columns"),
    path("views/", places.PlaceViews.as_view(), name="place-views"),
    path("export/csv/", places.PlaceExport.as_view(), {"form": "csv"}, name="place-export-csv"),
    path("export/xlsx/", places.PlaceExport.as_view(), {"form": "xlsx"}, name="place-export-xlsx"),
    path("new/", places.CreatePlace.as_view(), name="place-create"),
    path("<ulid:pk>/", places.PlaceDetail.as_view(), name="place"),
    path("<ulid:pk>/menu/", places.PlaceMenu.as_view(), name="place-menu"),
    path("<ulid:pk>/edit/", places.EditPlace.as_view(), name="place-edit"),
    path("<ulid:pk>/delete/", places.DeletePlace.as_view(), name="place-delete"),
    path("<ulid:pk>/restore/", places.RestorePlace.as_view(), name="place-restore"),
]
