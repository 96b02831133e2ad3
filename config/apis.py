"""Settings of the APIs' libraries."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["core.web.api.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.web.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_SUFFIX": "",
    "ENUM_NAME_OVERRIDES": {
        "ProblemCode": "core.web.api.schema.problem_codes",
        "FieldType": "installers.api.part_shapes.FIELD_TYPES",
        "JobKind": "jobs.models.choices.Kind",
        "JobStatus": "jobs.models.choices.JobStatus.shown_choices",
        "TestKind": "jobs.procedures.kinds.TestKind",
        "TestStatus": "installers.api.attempt_shapes.test_statuses",
        "ConfigurationStatus": "jobs.models.configuration.Configuration.Status",
        "CommandStatus": "telematics.models.command.Status",
        "Task": "jobs.models.choices.Task",
        "FailureReason": "jobs.models.choices.FailureReason",
        "VoidReason": "jobs.models.choices.VoidReason",
        "PhotoKind": "jobs.models.choices.PhotoKind",
        "StepName": "jobs.reading.steps.StepName",
        "StepStatus": "jobs.reading.steps.StepStatus",
        "CompanyRole": "accounts.models.CompanyMembership.Role",
        "FuelType": "telematics.models.specification.FuelType",
        "VehicleType": "telematics.models.specification.VehicleType",
        "Transmission": "telematics.models.specification.Transmission",
        "InstallationVariant": "telematics.models.specification.InstallationVariant",
        "CentralLockConnectionType": "telematics.models.specification.CentralLockConnectionType",
    },
}
