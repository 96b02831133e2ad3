"""How long one statement may take in this process.

The web and the workers set a limit when they start. Management commands have none: a migration may take an hour.
"""

# Seconds; 0 is no limit.
_seconds = 0.0


def limit_statements(seconds: float) -> None:
    """Set the limit of the connections that this process opens from now on."""
    global _seconds
    _seconds = seconds


def server_options() -> str:
    """The limit as an option that is sent when a connection is opened."""
    if _seconds:
        return f"-c statement_timeout={round(_seconds * 1000)}"
    return ""
