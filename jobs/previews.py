"""Examples of the mails of notifications."""

from functools import partial
from typing import Any

from core.mail.previews import add, add_in_language
from core.values.bidi import with_names
from jobs.notifications.texts import NEXT_STEPS, SENTENCES

PARTNER, PROVIDER, FLEET = "QuickInstall", "AppDrive", "Berlin"
PARTNERSHIP = (
    "partnership_offered",
    "partnership_accepted",
    "partnership_declined",
    "partnership_ended_by_company",
    "partnership_ended_by_fleet",
)
UNSUBSCRIBE = "/accounts/notices/off/example/"


def notice(verb: str) -> dict[str, Any]:
    names = {"who": "Nora Example", "job": "B QX 2041", "partner": PARTNER, "team": PROVIDER}
    return {
        "sentence": with_names(SENTENCES[verb], count=1, **names),
        "ask": str(NEXT_STEPS[verb]),
        "team": f"{PROVIDER} {FLEET}",
        "number": "BER-1043",
        "path": "/",
        "unsubscribe_path": UNSUBSCRIBE,
    }


for name in PARTNERSHIP:
    add(
        name,
        partner=PARTNER,
        provider=PROVIDER,
        fleet=FLEET,
        path="/",
        unsubscribe_path=UNSUBSCRIBE,
    )
for verb in NEXT_STEPS:
    if verb not in PARTNERSHIP:
        add_in_language(f"notice:{verb}", partial(notice, verb))
