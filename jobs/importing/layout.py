"""How a file is read where its content leaves it open: encoding, header row, hidden rows."""

from typing import NamedTuple

ALL = "all"
VISIBLE = "visible"
NO_HEADER = 0


class Layout(NamedTuple):
    """The choices of a person or client. Blank: the content of the file decides."""

    encoding: str = ""  # a key of encoding.NAMES
    header: int | None = None  # the number of the row in the file, or NO_HEADER
    hidden: str = ""  # ALL or VISIBLE: which rows of a filtered sheet are taken


BY_CONTENT = Layout()
