"""What one cell alone cannot tell: the row against its template, preset and vehicle model, the VIN against the fleet."""

from typing import Any

from django.utils.translation import gettext as _

from jobs.importing import words
from jobs.importing.columns import OF_FIELD, PRESET
from jobs.importing.errors import BadCell, Finding, shown
from jobs.importing.rules import UNDECIDED
from jobs.importing.vin import check_digit_is_wrong
from telematics.models.specification import Specification

FEATURES = Specification.FEATURES
FLAGS = {True: "on", False: "off", None: UNDECIDED}
MASTER_DATA = ("brand", "model", "fuel_type", "vehicle_type")


def compare(check, taken: dict[str, int]) -> None:
    """Note what does not go together, and turn what the row says into what its job will be."""
    if "vin" in taken:
        _compare_vins(check)
    template = template_values(check.options.template)
    contradictions: dict[tuple, list[tuple]] = {}
    supported: dict[tuple, dict[str, Any]] = {}
    for place, own in enumerate(check.values):
        if PRESET in own:
            _fill_from_preset(check, place, own.pop(PRESET))
        if template:
            _fill_from_template(check, place, template)
        if check.options.company:
            own["company"] = check.options.company.pk
        if "vehicle_model" in own:
            _refuse_retired(check, place)
            _compare_master_data(check, place, contradictions)
            _compare_setup(check, place, supported)
            own["vehicle_model"] = own["vehicle_model"].pk


def template_values(template) -> dict[str, Any]:
    """What a template decides; blanks decide nothing."""
    values = template.specification() if template else {}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _fill_from_preset(check, place: int, preset) -> None:
    """The cell counts before the preset."""
    own = check.values[place]
    for name, value in preset.features().items():
        if value is not None and own.setdefault(name, value) != value:
            text = _("The preset “%(preset)s” says otherwise; the cell counts.") % {"preset": preset.name}
            check.warn(place, name, "preset_differs", _word(own[name]), text, _word(value))


def _fill_from_template(check, place: int, template: dict[str, Any]) -> None:
    """The file counts before the template, unless the template is preferred."""
    own = check.values[place]
    _note_differences(check, place, own, template)
    check.values[place].update(template if check.options.prefer_template else {**template, **own})


def _note_differences(check, place: int, values: dict[str, Any], template: dict[str, Any]) -> None:
    for name, wanted in template.items():
        if name in values and values[name] != wanted:
            check.found.differences.append(
                Finding(
                    check.numbers[place],
                    OF_FIELD[name],
                    "template_differs",
                    shown(_word(values[name])),
                    _("The template says otherwise."),
                    shown(_word(wanted)),
                )
            )


def _compare_vins(check) -> None:
    places = {values["vin"]: place for place, values in enumerate(check.values) if "vin" in values}
    texts = {
        "job_open": _("An open job of the fleet has this VIN."),
        "vehicle_in_fleet": _("A vehicle of the fleet has this VIN."),
    }
    for vin, code in check.lookups.vins_in_work(places).items():
        check.warn(places[vin], "vin", code, vin, texts[code])
    for vin, place in places.items():
        if check_digit_is_wrong(vin):
            check.warn(place, "vin", "check_digit", vin, _("The check digit does not fit. Is a character mistyped?"))


def _refuse_retired(check, place: int) -> None:
    """Of the template: a cell finds the models that are offered, and no others."""
    model = check.values[place]["vehicle_model"]
    if not model.active:
        text = _("The vehicle model of the template is not offered any more.")
        check.refuse(place, OF_FIELD["vehicle_model"], BadCell("vehicle_model_retired", text), model)


def _compare_setup(check, place: int, supported: dict[tuple, dict[str, Any]]) -> None:
    values = check.values[place]
    model, variant = values["vehicle_model"], values.get("installation_variant", "")
    lock = values.get("central_lock_connection_type", "")
    features = tuple([name for name in FEATURES if values.get(name)])
    setup = (model.pk, variant, lock, features)
    if setup not in supported:
        supported[setup] = model.setup_errors(variant, lock, features)
    for name, message in supported[setup].items():
        check.refuse(place, OF_FIELD[name], BadCell("not_supported", message), _word(values[name]))


def _compare_master_data(check, place: int, known: dict[tuple, list[tuple]]) -> None:
    """Brand and the like against the model, whether row or template says either."""
    own = check.values[place]
    model, said = own["vehicle_model"], tuple([own.get(name) for name in MASTER_DATA])
    if (model.pk, said) not in known:
        known[model.pk, said] = _contradictions(model, said)
    for name, value, expected in known[model.pk, said]:
        text = _("The vehicle model is %(model)s.") % {"model": model}
        check.warn(place, name, "model_differs", value, text, expected)


def _contradictions(model, said: tuple) -> list[tuple]:
    pairs = ((name, value, getattr(model, name)) for name, value in zip(MASTER_DATA, said, strict=True))
    return [
        (name, value, expected) for name, value, expected in pairs if value and words.key(value) != words.key(expected)
    ]


def _word(value: Any) -> Any:
    """A value as the file would write it."""
    return FLAGS[value] if value is None or isinstance(value, bool) else getattr(value, "pk", value)
