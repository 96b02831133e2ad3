"""What a fleet has saved for its jobs: templates and configuration presets."""

from django.urls import include, path

from fleetcontrol.views import presets, templates

templates_urls = [
    path("", templates.TemplateList.as_view(), name="templates"),
    path("columns/", templates.TemplateColumns.as_view(), name="template-columns"),
    path("views/", templates.TemplateViews.as_view(), name="template-views"),
    path(
        "export/csv/",
        templates.TemplateExport.as_view(),
        {"form": "csv"},
        name="template-export-csv",
    ),
    path(
        "export/xlsx/",
        templates.TemplateExport.as_view(),
        {"form": "xlsx"},
        name="template-export-xlsx",
    ),
    path("new/", templates.CreateTemplate.as_view(), name="template-create"),
    path("follow/", templates.FollowTemplate.as_view(), name="template-follow"),
    path("<ulid:pk>/", templates.TemplateDetail.as_view(), name="template"),
    path("<ulid:pk>/menu/", templates.TemplateMenu.as_view(), name="template-menu"),
    path("<ulid:pk>/edit/", templates.EditTemplate.as_view(), name="template-edit"),
    path("<ulid:pk>/duplicate/", templates.DuplicateTemplate.as_view(), name="template-duplicate"),
    path("<ulid:pk>/delete/", templates.DeleteTemplate.as_view(), name="template-delete"),
]
presets_urls = [
    path("", presets.PresetList.as_view(), name="presets"),
    path("columns/", presets.PresetColumns.as_view(), name="preset-columns"),
    path("views/", presets.PresetViews.as_view(), name="preset-views"),
    path("export/csv/", presets.PresetExport.as_view(), {"form": "csv"}, name="preset-export-csv"),
    path(
        "export/xlsx/", presets.PresetExport.as_view(), {"form": "xlsx"}, name="preset-export-xlsx"
    ),
    path("new/", presets.CreatePreset.as_view(), name="preset-create"),
    path("<ulid:pk>/", presets.PresetDetail.as_view(), name="preset"),
    path("<ulid:pk>/menu/", presets.PresetMenu.as_view(), name="preset-menu"),
    path("<ulid:pk>/edit/", presets.EditPreset.as_view(), name="preset-edit"),
    path("<ulid:pk>/duplicate/", presets.DuplicatePreset.as_view(), name="preset-duplicate"),
    path("<ulid:pk>/delete/", presets.DeletePreset.as_view(), name="preset-delete"),
]
urlpatterns = [path("templates/", include(templates_urls)), path("presets/", include(presets_urls))]
