"""Templates without their indentation: it is for those who read the template, and would be a tenth of a list's page."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"\n\s+")


class Loader(filesystem.Loader):
    """The product's own templates. A line break stays a line break; those of libraries are loaded as they are."""

    def get_contents(self, origin: Origin) -> str:
        return INDENTATION.sub("\n", super().get_contents(origin))
