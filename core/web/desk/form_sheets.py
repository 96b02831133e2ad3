"""Imported files: how a row of a file becomes one of the list.

It is saved as the form of its page saves it: the same checks, the same methods, the same records.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from import_export.fields import Field
from tablib import Dataset

from core.errors import MoveRefused, NotAllowed
from core.values.cells import meant
from core.web.desk.quiet import Messages
from core.web.desk.sheets import Sheet

YES = ("1", "true", "yes", "on", "ja", "wahr")
NO = ("", "0", "false", "no", "off", "nein", "falsch")
# Rows of an imported file: each is a form, and all are one transaction.
MOST_IMPORTED = 2_000


class FormSheet(Sheet):
    """A sheet that is imported, too, by the form of its page."""

    # The columns that name a row. `is_named_here`: the product gives the name, so an unknown one is an error.
    named_by: tuple[str, ...] = ()
    is_named_here = False
    # Columns that an import does not read.
    only_exported: tuple[str, ...] = ()
    # Columns of the form that have another name there.
    fields_of_form: Mapping[str, str] = {}
    # Fields of the form that say something about a change and are none.
    about_a_change: tuple[str, ...] = ()

    form: forms.ModelForm | None

    def get_user_visible_fields(self) -> list[Field]:
        return [
            field
            for field in self.get_import_fields()
            if field.column_name not in self.only_exported
        ]

    def get_diff_headers(self) -> list[str]:
        return [str(field.column_name) for field in self.get_user_visible_fields()]

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Refuse a file with columns that this list does not have: their values would be lost."""
        if len(dataset) > MOST_IMPORTED:
            raise ValueError(_("Import at most %(most)s rows at once.") % {"most": MOST_IMPORTED})
        headings = [str(name or "") for name in dataset.headers or ()]
        unknown = [name or "–" for name in headings if not self.has_column(name)]
        if unknown:
            listed = ", ".join(unknown)
            raise ValueError(_("This list has no such columns: %(names)s.") % {"names": listed})
        missing = [name for name in self.named_by if name not in headings]
        if missing and not self.is_named_here:
            listed = ", ".join(missing)
            raise ValueError(_("The file needs these columns: %(names)s.") % {"names": listed})

    def has_column(self, heading: str) -> bool:
        """Whether the list has it. A time is exported with the zone behind its name."""
        name = heading.partition(" (")[0]
        return name in {field.column_name for field in self.get_import_fields()}

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        wanted = {name: row.get(name, "") for name in self.named_by}
        if not wanted or not all(wanted.values()):
            return self.init_instance(row), True
        found = self.find(**wanted)
        if found is not None:
            return found, False
        if self.is_named_here:
            unknown = _("There is no such row. Leave this blank for a new one.")
            raise ValidationError({self.named_by[0]: unknown})
        return self.init_instance(row), True

    def find(self, **wanted: str) -> Any:
        """The row with this name."""
        return self.page.get_queryset(self.request).filter(**wanted).first()

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Fill in the form of the page and check it."""
        self.form = None
        is_new = instance._state.adding
        self.check_permission(instance, is_new)
        kind = self.page.get_form(self.request, None if is_new else instance, change=not is_new)
        posted = self.posted(kind(instance=instance), instance, row)
        form = kind(posted, instance=instance)
        if not is_new and not set(form.changed_data) - set(self.about_a_change):
            return
        if not form.is_valid():
            raise ValidationError(self.errors_of(form))
        self.form = form

    def check_permission(self, instance: Any, is_new: bool) -> None:
        if is_new and not self.page.has_add_permission(self.request):
            raise ValidationError(_("You cannot add rows to this list."))
        if not is_new and not self.page.has_change_permission(self.request, instance):
            raise ValidationError(_("You cannot change this row."))

    def posted(self, form: Any, instance: Any, row: Mapping[str, str]) -> QueryDict:
        """What a browser would send: the form as it is, and over it what the row says."""
        sent = QueryDict(mutable=True)
        for name, field in form.fields.items():
            sent.setlist(
                name, values_of(field.prepare_value(form.get_initial_for_field(field, name)))
            )
        wrong: dict[str, Any] = {}
        for column in self.columns_of(row):
            try:
                name = self.fields_of_form.get(column, column)
                if name not in form.fields:
                    self.refuse_change(column, instance, row[column])
                    continue
                sent[name] = self.value_for(column, form.fields[name], row[column])
            except ValidationError as error:
                wrong[column] = error
        if wrong:
            raise ValidationError(wrong)
        return sent

    def columns_of(self, row: Mapping[str, str]) -> Iterable[str]:
        mine = [field.column_name for field in self.get_user_visible_fields()]
        return [column for column in mine if column in row]

    def refuse_change(self, column: str, instance: Any, text: str) -> None:
        """The form of this row does not have the column, so its value has to be the one that is there."""
        field = next(one for one in self.get_import_fields() if one.column_name == column)
        now = "" if instance._state.adding else meant(self.export_field(field, instance))
        if text != now.strip():
            raise ValidationError(_("This cannot be changed here. It is “%(now)s”.") % {"now": now})

    def value_for(self, column: str, field: forms.Field, text: str) -> str:
        """The text that the field of the form reads."""
        if isinstance(field, forms.BooleanField):
            return str(truth(text))
        return text

    def errors_of(self, form: forms.BaseForm) -> dict[str, Any]:
        columns = {name: column for column, name in self.fields_of_form.items()}
        errors = form.errors.as_data()
        return {columns.get(name, name): found for name, found in errors.items()}

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        return not import_validation_errors and self.form is None

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Save the form and record it, as its page does. Its errors are errors of the row."""
        form: Any = self.form
        request = copy(self.request)
        request.POST = form.data
        request._messages = shown = Messages()
        try:
            with transaction.atomic():
                saved = self.page.save_form(request, form, change=not is_create)
                self.page.save_model(request, saved, form, change=not is_create)
                self.page.save_related(request, form, [], change=not is_create)
                if shown.errors:
                    raise ValidationError(shown.errors)
                self._log(request, form, saved, is_create)
        except (MoveRefused, NotAllowed) as refused:
            raise ValidationError(str(refused)) from refused
        instance.pk = saved.pk
        instance.refresh_from_db()

    def _log(self, request: Any, form: Any, saved: Any, is_create: bool) -> None:
        message = self.page.construct_change_message(request, form, [], is_create)
        if is_create:
            self.page.log_addition(request, saved, message)
        else:
            self.page.log_change(request, saved, message)

    def save_m2m(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """The form has saved it."""


def values_of(value: Any) -> list[str]:
    """What a browser sends for the value of a field."""
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return ["" if value is None else str(value)]


def truth(text: str) -> bool:
    if text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise ValidationError(_("Enter 1 for yes or 0 for no."))
