"""What the page of a bulk action shows before it changes jobs: how many, why not the others, and what it means."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fleetcontrol.views.bulk_runs import Action
from fleetcontrol.views.job_selection import SelectedJobs
from jobs.models import Job
from jobs.models.bulk_run import BATCH
from jobs.reading.words import Words
from jobs.warnings import Draft, counted, warnings_of_all

SUBMIT: dict[str, Any] = {
    Action.ASSIGN: gettext_lazy("Assign"),
    Action.HANDBACK: gettext_lazy("Ask the partner"),
    Action.AGAIN: gettext_lazy("Create"),
    Action.ROLL_OUT: gettext_lazy("Add"),
    Action.DELETE: gettext_lazy("Delete"),
}
FIELDS_TEMPLATES: dict[str, str] = {Action.EDIT: "fleetcontrol/jobs/bulk_fields.html"}
MEANING_TEMPLATES: dict[str, str] = {
    Action.ASSIGN: "fleetcontrol/jobs/bulk_locked.html",
    Action.DELETE: "fleetcontrol/jobs/bulk_deleted.html",
    Action.HANDBACK: "fleetcontrol/jobs/bulk_asked_back.html",
    Action.AGAIN: "fleetcontrol/jobs/bulk_again.html",
}


def able_of_total(action: str, able: int, total: int) -> str:
    sentences: dict[str, str] = {
        Action.ASSIGN: ngettext(
            "%(able)s of %(total)s selected job can be assigned.",
            "%(able)s of %(total)s selected jobs can be assigned.",
            total,
        ),
        Action.EDIT: ngettext(
            "%(able)s of %(total)s selected job can be changed.",
            "%(able)s of %(total)s selected jobs can be changed.",
            total,
        ),
        Action.DELETE: ngettext(
            "%(able)s of %(total)s selected job can be deleted.",
            "%(able)s of %(total)s selected jobs can be deleted.",
            total,
        ),
        Action.HANDBACK: ngettext(
            "%(able)s of %(total)s selected job can be asked back.",
            "%(able)s of %(total)s selected jobs can be asked back.",
            total,
        ),
        Action.ROLL_OUT: ngettext(
            "%(able)s of %(total)s selected job can be added to a roll-out.",
            "%(able)s of %(total)s selected jobs can be added to a roll-out.",
            total,
        ),
        Action.AGAIN: ngettext(
            "%(able)s of %(total)s selected job can be created again.",
            "%(able)s of %(total)s selected jobs can be created again.",
            total,
        ),
    }
    return sentences[action] % {"able": able, "total": total}


class BulkPreview(SelectedJobs):
    def selection_context(self) -> dict[str, Any]:
        return {
            "title": Action(self.action).label,
            "search": self.filtered_jobs.search,
            "search_url": reverse(f"fleetcontrol:{self.table_name}", args=[self.fleet.pk]),
            "not_found": self.filtered_jobs.not_found,
            "total": self.total,
            "movable": self.movable,
            "matching": None if self.everything or self.total else self.filtered_jobs.shown.count(),
            "everything": self.everything,
            "until": self.until if self.everything else "",
            "picked": [] if self.everything else list(self.selected.values_list("pk", flat=True)),
            "locked": self.locked(),
            "submit_class": "btn-danger" if self.action == Action.DELETE else "btn-primary",
            "fields_template": FIELDS_TEMPLATES.get(self.action, "components/fields.html"),
            "meaning_template": MEANING_TEMPLATES.get(self.action, ""),
        }

    def changes_context(self, changes: dict[str, Any] | None) -> dict[str, Any]:
        obstacles = dict(self.obstacles)
        if changes:
            obstacles |= self.selected.unfit(changes)
        able = max(0, self.total - sum(obstacles.values()))
        return {
            "obstacles": obstacles,
            "able": able,
            "able_of_total": able_of_total(self.action, able, self.total),
            "changes": in_words(changes or {}),
            "warnings": self.warnings(changes),
            "sent": self.sent() if changes else [],
            "submit": self.submit_label(able, changes),
            "step": self.next_step(changes),
        }

    def submit_label(self, able: int, changes: dict[str, Any] | None) -> str:
        """With the number of jobs, where the button changes them."""
        if self.action == Action.EDIT and not changes:
            return _("Preview")
        label = _("Set for all of them") if changes else SUBMIT[self.action]
        return f"{label} ({able})"

    def warnings(self, changes: dict[str, Any] | None) -> list[tuple[str, str]]:
        """Warnings before these jobs change; not counted for very many jobs."""
        assigns_or_edits = self.action == Action.ASSIGN or bool(changes)
        if not assigns_or_edits or self.total > BATCH:
            return []
        jobs = self.selected.filter(status=Job.Status.PENDING).select_related("vehicle_model")
        drafts = [Draft.of(job).changed(changes or {}) for job in jobs]
        return counted(warnings_of_all(self.fleet, drafts))

    def locked(self) -> list[tuple[str, int]]:
        """The fields that assigning locks, each with the number of its jobs; not counted for very many jobs."""
        if self.action != Action.ASSIGN or self.total > BATCH:
            return []
        counts = self.selected.set_before_assigning(self.kind)
        return [(Words.label(name), number) for name, number in counts.items()]

    def next_step(self, changes: dict[str, Any] | None) -> str:
        """What the page's button sends; while nothing is selected, it shows a preview and changes nothing."""
        if not self.total:
            return ""
        return "confirmed" if changes or self.action != Action.EDIT else "filled"

    def sent(self) -> list[tuple[str, str]]:
        """The form as it was sent, which the confirmation carries."""
        names = {"touch", *self.request.POST.getlist("touch")}
        return [(name, value) for name in names for value in self.request.POST.getlist(name)]


def in_words(changes: dict[str, Any]) -> list[tuple[str, str]]:
    plain = {name: getattr(value, "pk", value) for name, value in changes.items()}
    words = Words.for_values(plain.items())
    return [(words.label(name), words.value(name, value)) for name, value in plain.items()]
