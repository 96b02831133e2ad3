"""Messages as sentences, for people who read them in a chat. The floors above register those of their topics."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Sentence(NamedTuple):
    text: str
    # The page that it leads to; blank for none.
    path: str = ""


# From a message as it is delivered, in the active language.
Format = Callable[[Mapping[str, Any]], Sentence]
# A topic that is not here is for programs alone.
SENTENCES: dict[str, Format] = {}


def formats(topic: str) -> Callable[[Format], Format]:
    def register(formatted: Format) -> Format:
        SENTENCES[topic] = formatted
        return formatted

    return register
