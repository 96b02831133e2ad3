"""What must hold before a process serves. Rooms register Django checks for it, with the tag START and `deploy=True`.

So `check --deploy` finds the same faults, and `manage.py` commands that serve nothing do without.
"""

from django.core.checks import run_checks

START = "start"


def fault() -> str:
    """Why this process must not start, in one line, or nothing."""
    faults = run_checks(tags=[START], include_deployment_checks=True)
    if faults:
        return faults[0].msg
    return ""
