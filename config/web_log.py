"""gunicorn's own lines, in the format of all others."""

from gunicorn.config import Config
from gunicorn.glogging import Logger


class WebLog(Logger):
    def setup(self, cfg: Config) -> None:
        """Without handlers of its own: those of the root write it (config/logs.py)."""
        self.error_log.propagate = True
