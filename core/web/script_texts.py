"""The texts that scripts show, in the reader's language: one JSON script in the page, read by static/js/page/dom.js."""

from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.values.shown import AGE_TEXTS

TEXTS = {
    "copied": _("Copied"),
    "failed": _("That did not work. Try again in a moment."),
    "quote": _("If you ask for help, quote this ID:"),
    "offline": _("The server cannot be reached. What you see may be old."),
    "more": _("More about {name}"),
    "picked": _("selected"),
    "tooLong": _("This list is too long for one search. Search for about 200 entries at a time."),
    "live": _("Live"),
    "down": _("No connection, last updated at {at}"),
    "stale": _("Not kept up to date, last updated at {at}"),
    "signedOut": _("You are signed out. What you see is no longer kept up to date."),
    "restored": _("What you typed before is back."),
    **AGE_TEXTS,
}


def script_texts() -> SafeString:
    return json_script({name: str(text) for name, text in TEXTS.items()}, "texts")
