"""Templates without their layout: it is for those who read the template, and would be a tenth of a list's page."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"\n\s+")
# Tags that write nothing, alone on their line.
SILENT = re.compile(
    r"^(\{% (?:block|elif|else|empty|endblock|endfor|endif|endwith|extends|for|if|load|with)\b"
    r"(?:(?!%\}).)*%\})\n",
    re.MULTILINE,
)


class Loader(filesystem.Loader):
    """The product's own templates. A line break between texts stays one; those of libraries are loaded as they are."""

    def get_contents(self, origin: Origin) -> str:
        contents = INDENTATION.sub("\n", super().get_contents(origin))
        return SILENT.sub(r"\1", contents) if origin.name.endswith(".html") else contents
