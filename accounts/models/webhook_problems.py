"""What went wrong with a call of a webhook: codes to store, and their sentences."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.outbound import sentence

ANSWER = "answer"
REDIRECT = "redirect"
SECRET = "secret"  # noqa: S105 - the code of a problem
INTERNAL = "internal"

# Beside those of the outbound door. `%(status)s` is the status of the answer.
PROBLEMS = {
    ANSWER: _("The receiver answered with the status %(status)s."),
    REDIRECT: _("The receiver answered with a redirect (%(status)s), which is not followed."),
    SECRET: _("The secret of this consumer cannot be read. Renew it."),
    INTERNAL: _("An error on our side. The operators see it in the log."),
}


def problem_of(code: str, status: int | None) -> Any:
    """The sentence of a stored code; blank for none."""
    if code in PROBLEMS:
        return PROBLEMS[code] % {"status": status}
    return sentence(code)
