"""`manage.py old_texts`: the rows whose texts a person has to correct."""

from typing import Any

from django.core.management.base import BaseCommand

from core.values.old_rows import Left
from jobs.old_texts import LABELS, old_rows


class Command(BaseCommand):
    help = "List the rows whose texts are not in their canonical form, and why a worker has left them so."

    def handle(self, *args: Any, **options: Any) -> None:
        number = 0
        for label in LABELS:
            for left in old_rows(label).left():
                self.stdout.write(line(label, left))
                number += 1
        self.stdout.write(
            f"{number} row(s) to correct." if number else "Every text is in its canonical form."
        )


def line(label: str, left: Left) -> str:
    """`telematics.Vehicle VEZ9A vin: 'wvw…' → 'WVW…' (Another row has this value already.)`"""
    texts = "; ".join(
        f"{name}: {getattr(left.row, name)!a} → {value!a}"
        for name, value in left.values.items()
        if name != "search"
    )
    return f"{label} {left.row.pk} {texts or 'search'} ({left.reason})"
