"""What a call takes and gives."""

from dataclasses import dataclass

SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """What the server answered, whatever it was: a redirect is an answer and is not followed."""

    status: int
    text: str  # the first 2 kB, without control characters; empty if the server compressed it
    seconds: float
