"""The kinds of search terms of the operators' pages about units."""

import re

from core.web.admin import TermKind

QNR = TermKind(re.compile(r"[0-9A-F]{16}", re.IGNORECASE), str.upper)
