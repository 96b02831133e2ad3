"""The tests of a job, each with its attempts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.web.api.serializers import KnownText, Plain, Shape
from installers.api import examples
from jobs.models import InstallationTest, Job
from jobs.models.choices import VoidReason
from jobs.procedures.kinds import KINDS

# The status of a required test without an attempt.
NOT_RUN = "NOT_RUN"


def test_statuses() -> list[tuple[str, Any]]:
    """The statuses of a test as the API has them: a required kind is listed before its first attempt."""
    return [(NOT_RUN, _("Not run")), *InstallationTest.Status.choices]


class Prompt(Shape):
    id = serializers.CharField()
    text = serializers.CharField()
    expires_at = serializers.DateTimeField(
        help_text=_("The test fails if nobody has answered until then.")
    )


class Evidence(Shape):
    signal = serializers.CharField()
    value = Plain(help_text=_("What was measured; null if there was nothing."))
    unit = serializers.CharField(allow_null=True, help_text=_("Of the value, `min` and `max`."))
    min = serializers.FloatField(allow_null=True, help_text=_("The least that a number has to be."))
    max = serializers.FloatField(allow_null=True, help_text=_("The most that a number may be."))
    threshold = Plain(
        help_text=_("What a value that is no number has to be; null where it is a number.")
    )
    ok = serializers.BooleanField()
    at = serializers.DateTimeField()


class Test(Shape):
    example = examples.TEST

    kind = serializers.ChoiceField(InstallationTest.Kind.choices)
    required = serializers.SerializerMethodField()
    status = serializers.ChoiceField(test_statuses())
    attempt = serializers.IntegerField(
        help_text=_("Counts from 1; 0 for a required test that has not been run.")
    )
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    prompt = Prompt(
        allow_null=True, help_text=_("What the person is asked to do or to look at now.")
    )
    evidence = Evidence(many=True, source="measured", help_text=_("What the test measured."))
    hint = KnownText(source="hint_text", help_text=_("What to do when the test did not pass."))
    voided_at = serializers.DateTimeField(
        allow_null=True,
        help_text=_("When the attempt stopped counting for the job. Its status is then `VOIDED`."),
    )
    void_reason = serializers.SerializerMethodField()

    def get_required(self, test: InstallationTest) -> bool:
        return test.kind in self.context["required"]

    @extend_schema_field(serializers.ChoiceField(VoidReason.choices, allow_null=True))
    def get_void_reason(self, test: InstallationTest) -> str | None:
        return test.void_reason or None


def attempts_at(job: Job, *, every_attempt: bool = False) -> list[dict]:
    """The latest attempt of each kind, in the order in which they run; or every attempt, oldest first."""
    if every_attempt:
        return _tests(job.tests.order_by("id").as_read(), job.proof.required_tests())
    return latest_at(job, job.tests.newest_of_each_kind())


def latest_at(job: Job, tests: list[InstallationTest]) -> list[dict]:
    """The same of attempts that are loaded already, the latest of each kind."""
    required = job.proof.required_tests()
    return _tests(with_not_run(tests, required), required)


def with_not_run(latest: list[InstallationTest], required: list[str]) -> list[InstallationTest]:
    """Return the tests, and a row for each required kind that has none yet."""
    tried = {test.kind for test in latest}
    untried = [kind for kind in required if kind not in tried]
    rows = [InstallationTest(kind=kind, status=NOT_RUN, attempt=0) for kind in untried]
    return sorted([*latest, *rows], key=lambda test: KINDS.index(test.kind))


def _tests(tests: list[InstallationTest], required: list[str]) -> list[dict]:
    return list(Test(tests, many=True, context={"required": required}).data)
