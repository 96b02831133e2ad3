"""A page that is also a dialog: one template, which extends the frame of the one or of the other."""

from typing import TYPE_CHECKING, Any

DIALOG_FRAME = "components/dialog_frame.html"
QUESTION_FRAME = "components/question_frame.html"


if TYPE_CHECKING:
    from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

    class Page(TemplateResponseMixin, ContextMixin, View):
        """What the mixin is combined with."""
else:
    Page = object


class DialogMixin(Page):
    """Scripts request the dialog. The template extends `frame` and fills its block `body`."""

    page_frame = QUESTION_FRAME

    @property
    def is_dialog(self) -> bool:
        return bool(getattr(self.request, "htmx", False))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        frame = DIALOG_FRAME if self.is_dialog else self.page_frame
        return super().get_context_data(**{"frame": frame} | context)
