class CannotBackUp(Exception):
    """Why there is no backup, in one line."""


class CannotRestore(Exception):
    """Why nothing is restored, in one line."""
