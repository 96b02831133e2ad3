from core.moves import MoveRefused, NotAllowed


class RefusedInTheForm:
    """A move that is refused while a form is saved is told in this form: nothing is lost, and nothing recorded as done."""

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (MoveRefused, NotAllowed) as refused:
            request.refusal = str(refused)
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        refusal = getattr(request, "refusal", "")
        return type(form.__name__, (RefusedForm, form), {"refusal": refusal}) if refusal else form


class RefusedForm:
    """Filled in as it was, and not valid, because of what the move has said."""

    def clean(self):
        self.add_error(None, self.refusal)
        return super().clean()
