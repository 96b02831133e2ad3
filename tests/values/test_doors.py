"""One table of hostile and odd values, held against every place at which a text enters."""

import pytest
from django import forms
from django.db import models
from rest_framework import serializers

from core.values.days import DayField, DayFormField
from core.values.text_fields import LineFormField, TextField, WordField
from core.values.texts import LINE, LINES
from core.web.api.serializers import Choice, Day, Text
from jobs.importing import dates, rules
from jobs.importing.characters import clean
from jobs.importing.columns import BY_NAME
from jobs.importing.errors import BadCell
from jobs.models import Job
from telematics.values import MODEL_NAME, PLATE, QNR, VIN
from tests.values import table
from tests.values.doors import (
    REFUSED,
    all_modules,
    columns,
    doors,
    fields_of_admin,
    fields_of_forms,
    fields_of_serializers,
)

DOORS = doors()
TABLES = {
    LINE: table.LINE,
    LINES: table.LINES,
    PLATE: table.PLATE,
    VIN: table.VIN,
    QNR: table.QNR,
    MODEL_NAME: table.MODEL_NAME,
}
# Text columns that the product writes and no person. A new column is cleaned, or named here.
OF_THE_PRODUCT = {
    "accounts.ApiCall.code",
    "accounts.ApiCall.flow_id",
    "accounts.ApiCall.method",
    "accounts.ApiCall.path",
    "accounts.EventSubscription.recipient",
    "accounts.EventSubscription.stream",
    "accounts.EventSubscription.topic",
    "accounts.FleetEvent.channel",
    "accounts.FleetEvent.request_id",
    "accounts.FleetEvent.verb",
    "accounts.OperatorAction.details",
    "accounts.OperatorAction.subject",
    "accounts.SavedView.query",
    "accounts.SavedView.table",
    "accounts.TablePreference.table",
    "accounts.User.password",
    "accounts.WebhookDelivery.answer_text",
    "accounts.WebhookDelivery.error",
    "accounts.WebhookDelivery.subject",
    "accounts.WebhookDelivery.topic",
    "accounts.WebhookDelivery.type",
    "core.AnsweredRequest.body_hash",
    "core.AnsweredRequest.code",
    "core.AnsweredRequest.key",
    "core.AnsweredRequest.object_id",
    "core.AnsweredRequest.on_behalf_of",
    "core.AnsweredRequest.principal",
    "core.Failure.error",
    "core.Failure.row",
    "core.Failure.task",
    "core.Mail.language",
    "core.Mail.template",
    "core.Mail.time_zone",
    "core.OutboxEdge.stream",
    "core.OutboxEdge.topic",
    "core.OutboxMessage.body",
    "core.OutboxMessage.content",
    "core.OutboxMessage.flow_id",
    "core.OutboxMessage.recipient",
    "core.OutboxMessage.stream",
    "core.OutboxMessage.subject",
    "core.OutboxMessage.topic",
    "core.OutboxStream.name",
    "jobs.BulkRun.error",
    "jobs.Configuration.error",
    "jobs.InstallationTest.hint",
    "jobs.JobEvent.channel",
    "jobs.JobEvent.request_id",
    "jobs.JobEvent.verb",
    "jobs.JobPhoto.sha256",
    "jobs.Notification.path",
    "jobs.Notification.verb",
    "jobs.RefusedAttempt.code",
    "jobs.RollOutEvent.channel",
    "jobs.RollOutEvent.request_id",
    "jobs.RollOutEvent.verb",
    "simulator.SimulatorLog.action",
    "simulator.SimulatorLog.request_id",
    "telematics.Command.error",
    "telematics.Command.request_id",
    "telematics.UnitEvent.channel",
    "telematics.UnitEvent.request_id",
    "telematics.UnitEvent.verb",
    "telematics.VehicleEvent.channel",
    "telematics.VehicleEvent.request_id",
    "telematics.VehicleEvent.verb",
}
ADDRESSES = (models.EmailField, forms.EmailField, serializers.EmailField)
# Looked up, not stored: how a person signs in, an id, a text of a library.
LOOKED_UP = {"password", "username", "phone", "id", "cursor"}


def test_the_table_has_at_least_150_values():
    together = [
        table.NOTHING,
        table.DAMAGED,
        table.DAYS,
        table.YEARS,
        table.WORDS,
        *TABLES.values(),
    ]
    assert sum(map(len, together)) >= 150
    assert len(DOORS) > 60


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.name}-{door.field}")
def test_every_door_stores_or_refuses_the_same(door):
    wrong = {}
    for text, stored in TABLES.get(door.kind, {}).items():
        if door.outcome(text) != stored and not is_of_another_length(door, text):
            wrong[text] = door.outcome(text)
    assert not wrong


def is_of_another_length(door, text):
    return door.length is not None and len(door.kind.canonical(text)) > door.length


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.name}-{door.field}")
def test_what_nobody_sees_is_blank_at_every_door(door):
    assert {door.outcome(text) for text in table.NOTHING} == {""}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.name}-{door.field}")
def test_a_damaged_text_is_refused_at_every_door(door):
    assert {door.outcome(text) for text in table.DAMAGED} == {REFUSED}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.name}-{door.field}")
def test_a_text_may_be_as_long_as_its_column_and_a_line_break_counts_once(door):
    if door.length is None or door.kind not in (LINE, LINES, PLATE, MODEL_NAME):
        pytest.skip("has a length of its own")
    longest = "X" * door.length
    assert door.outcome(f" {longest}\u200b ") == longest
    assert door.outcome(longest + "X") is REFUSED
    if door.kind is LINES:
        assert door.outcome("a\r\n" + "X" * (door.length - 2)) == "a\n" + "X" * (door.length - 2)


@pytest.mark.parametrize(
    ("kind", "values_of_kind"), TABLES.items(), ids=lambda it: type(it).__name__
)
def test_a_form_is_its_own_form(kind, values_of_kind):
    for text in [*values_of_kind, *table.NOTHING, *table.DAMAGED]:
        once = kind.canonical(text)
        assert kind.canonical(once) == once, text


# --- no door without the rule ----------------------------------------------------------------------------------------
def test_every_text_of_a_form_is_cleaned():
    lax = [
        f"{owner}.{name}"
        for owner, name, field in (*fields_of_forms(), *fields_of_admin())
        if isinstance(field, forms.CharField)
        and not isinstance(field, (LineFormField, *ADDRESSES))
        and name not in LOOKED_UP
    ]
    assert not lax


def test_every_text_and_choice_of_a_request_is_cleaned():
    all_modules()
    lax = []
    for owner, name, field in fields_of_serializers():
        is_lax_text = isinstance(field, serializers.CharField) and not isinstance(
            field, (Text, *ADDRESSES)
        )
        is_lax_choice = isinstance(field, serializers.ChoiceField) and not isinstance(field, Choice)
        is_lax_day = isinstance(field, serializers.DateField) and not isinstance(field, Day)
        if (is_lax_text or is_lax_choice or is_lax_day) and name not in LOOKED_UP:
            lax.append(f"{owner}.{name}")
    assert not lax


def test_every_date_of_a_form_has_bounds():
    lax = [
        f"{owner}.{name}"
        for owner, name, field in fields_of_forms()
        if isinstance(field, forms.DateField) and not isinstance(field, DayFormField)
    ]
    assert not lax


def test_every_column_that_people_write_is_cleaned():
    lax = [
        name
        for name, field in columns()
        if field.editable
        and not isinstance(field, (TextField, WordField, *ADDRESSES))
        and not field.choices
    ]
    assert sorted(lax) == sorted(OF_THE_PRODUCT)


@pytest.mark.parametrize(
    ("owner", "name", "kind"),
    [(door.name, door.field, door.kind) for door in DOORS if door.name != "column"],
)
def test_a_field_named_as_a_column_of_a_job_is_read_as_that_column(owner, name, kind):
    column = {field.name: field for field in Job._meta.concrete_fields}.get(name)
    if isinstance(column, TextField) and "admin" not in owner:
        assert kind is column.kind


# --- dates, years, words ---------------------------------------------------------------------------------------------
def outcome(read, value):
    try:
        return read(value)
    except (forms.ValidationError, serializers.ValidationError, BadCell):
        return REFUSED


def day_of_form(text):
    return str(DayFormField().clean(text))


def day_of_column(text):
    return str(DayField().clean(text, None))


def day_of_request(text):
    return str(Day().run_validation(text))


def day_of_file(text):
    return dates.Day().read(clean(text))


@pytest.mark.parametrize("read", [day_of_form, day_of_column, day_of_request, day_of_file])
@pytest.mark.parametrize(("text", "stored"), table.DAYS.items())
def test_a_date_is_the_same_at_every_door(read, text, stored):
    assert outcome(read, text) == stored


def year_of_form(text):
    column = Job._meta.get_field("year_of_production")
    return column.clean(column.formfield().clean(text), None)


def year_of_file(text):
    return rules.Year().read(clean(text))


@pytest.mark.parametrize("read", [year_of_form, year_of_file])
@pytest.mark.parametrize(("text", "stored"), table.YEARS.items())
def test_a_year_is_the_same_at_every_door(read, text, stored):
    assert outcome(read, text) == stored


def word_of_form(text):
    return Job._meta.get_field("fuel_type").formfield().clean(text)


def word_of_column(text):
    return Job._meta.get_field("fuel_type").clean(text, None)


def word_of_request(text):
    return Choice(
        choices=Job._meta.get_field("fuel_type").choices, allow_blank=True
    ).run_validation(text)


def word_of_file(text):
    cell = clean(text)
    return BY_NAME["fuel_type"].rule.read(cell) if cell else ""


@pytest.mark.parametrize("read", [word_of_form, word_of_column, word_of_request, word_of_file])
@pytest.mark.parametrize(("text", "stored"), table.WORDS.items())
def test_a_word_is_the_same_at_every_door(read, text, stored):
    assert outcome(read, text) == stored
