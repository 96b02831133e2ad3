"""`manage.py makemessages -l de`: the texts of our own rooms, without places and guesses, so that a
diff shows words alone.
"""

from typing import Any

from django.core.management.commands import makemessages

ROOMS_WITHOUT_TEXTS = [".*", "bench", "static", "tests", "var"]


class Command(makemessages.Command):
    # A guessed translation reads like a checked one; an empty one is found by the tests.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    # "%(who)s finished %(what)s" beside "%(count)s are finished" is meant; msgfmt would want the same names in both.
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--flag=ngettext_lazy:1:no-python-format",
        "--flag=ngettext_lazy:2:no-python-format",
    ]

    def handle(self, *args: Any, **options: Any) -> None:
        options["ignore_patterns"] = [*options["ignore_patterns"], *ROOMS_WITHOUT_TEXTS]
        options.update(no_obsolete=True, no_location=True, no_wrap=True)
        super().handle(*args, **options)
