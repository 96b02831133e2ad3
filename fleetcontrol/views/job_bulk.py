"""*Bulk Assign*, *Bulk Edit*, *Bulk Delete*: a selection, a preview, a summary."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import Company
from core.errors import MoveRefused
from core.web.once import answer_form_once, form_answer
from core.web.posted import names_of, require_field
from fleetcontrol import return_to
from fleetcontrol.forms.bulk import (
    BulkAgainForm,
    BulkAssignForm,
    BulkEditForm,
    BulkHandbackForm,
    BulkPlainForm,
    BulkRollOutForm,
)
from fleetcontrol.views.bulk_runs import Action, BulkMixin
from fleetcontrol.views.job_bulk_preview import BulkPreview
from jobs.models import BulkRun
from jobs.models.bulk_run import BATCH, frozen
from jobs.moves.many import Outcome

FORMS: dict[str, Any] = {
    Action.ASSIGN: BulkAssignForm,
    Action.EDIT: BulkEditForm,
    Action.HANDBACK: BulkHandbackForm,
    Action.AGAIN: BulkAgainForm,
    Action.ROLL_OUT: BulkRollOutForm,
    Action.DELETE: BulkPlainForm,
}


class Bulk(BulkPreview, BulkMixin, TemplateView):
    """POST from the list shows the preview, POST from the preview changes the jobs. The form carries the selection."""

    writes = True
    template_name = "fleetcontrol/jobs/bulk.html"
    posted = (
        *("query", "select", "all", return_to.PARAMETER),
        *("step", "until", "movable", "again", "follow"),
    )
    # How many jobs are not changed, by reason. A repeated request does not count them again.
    not_changed: dict[str, int] = {}

    def find(self) -> None:
        super().find()
        self.action = self.kwargs["action"].upper()
        if self.action not in FORMS:
            raise Http404

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A link to the action, with what it selects.

        Without a selection, the return from signing in: the page sends selection and form once more
        (static/js/page/drafts.js).
        """
        return self.preview(self.make_form())

    def names_of_form(self) -> set[str]:
        return names_of(self.make_form())

    def make_form(self, data: Any = None) -> Any:
        return FORMS[self.action](data, fleet=self.fleet, kind=self.kind)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step")
        if step and self.everything:
            # What the preview counted: without it, jobs would change that nobody has seen.
            require_field(request, "until")
            require_field(request, "movable")
        if self.action == Action.EDIT and ("follow" in request.POST or self.request.htmx):
            return self.preview(self.followed())
        form = self.make_form(request.POST if step else None)
        if "again" in request.POST or not step or not form.is_valid():
            return self.preview(form)
        if self.action == Action.EDIT and step != "confirmed":
            return self.preview(form, changes=form.changes)
        if (not self.total or self.has_grown) and not form_answer(request):
            return self.preview_again(form)
        return self.change_once(form)

    def preview(self, form: Any, changes: dict[str, Any] | None = None) -> HttpResponse:
        context = self.get_context_data(
            form=form, **self.selection_context(), **self.changes_context(changes)
        )
        return self.render_to_response(context)

    def followed(self) -> Any:
        return BulkEditForm.followed(
            self.request.POST, trigger="vehicle_model", fleet=self.fleet, kind=self.kind
        )

    def preview_again(self, form: Any) -> HttpResponse:
        if self.has_grown:
            form.add_error(
                None, _("More jobs match now than in your preview. Check the numbers again.")
            )
        return self.preview(form, changes=form.changes if self.action == Action.EDIT else None)

    def change_once(self, form: Any) -> HttpResponse:
        try:
            result = answer_form_once(self.request, lambda: self.change(form))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return self.finish(
                self.action, result, self.not_changed, form.cleaned_data.get("company")
            )
        return self.preview(form)

    # --- change ---------------------------------------------------------------------------------------------------
    def change(self, form: Any) -> str:
        given = dict(form.cleaned_data)
        if self.action == Action.EDIT:
            given = form.changes
        if self.total > BATCH:
            return self.begin_run(given.pop("company", None), given)
        number = self.total
        outcome = self.change_all(given)
        verb = Action(self.action).verb
        self.not_changed = self.selected.left_out(verb, outcome, number)
        return str(len(outcome.done))

    def change_all(self, given: dict[str, Any]) -> Outcome:
        """`given` are the arguments of the move, as the form has them."""
        moves: dict[str, Any] = {
            Action.ASSIGN: self.selected.assign_all,
            Action.EDIT: self.selected.edit_all,
            Action.HANDBACK: self.selected.request_handback_all,
            Action.AGAIN: self.selected.create_again_all,
            Action.ROLL_OUT: self.selected.set_roll_out_all,
            Action.DELETE: self.selected.delete_all,
        }
        return moves[self.action](fleet=self.fleet, by=self.request.user, **given)

    def begin_run(self, company: Company | None, changes: dict[str, Any]) -> str:
        run = BulkRun.objects.begin(
            self.action,
            self.selected,
            fleet=self.fleet,
            by=self.request.user,
            kind=self.kind,
            total=self.total,
            company=company,
            changes=frozen(changes),
        )
        return str(run.pk)
