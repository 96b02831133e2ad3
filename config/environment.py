"""What the environment says: read once, refused where it makes no sense."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
BROKERS = ("redis", "rediss", "redis+socket", "amqp", "amqps", "memory")
CACHES = ("redis", "rediss", "unix", "locmem")
SOCKET_PATH_LIMIT = 103  # what both Linux (108) and macOS (104) take, with the closing NUL


def flag(name: str, default: bool) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    value = os.environ.get(name, "").strip().lower()
    if value and value not in words:
        raise ImproperlyConfigured(f"{name} is {value!r}; say true or false.")
    return words.get(value, default)


def number(name: str, default: float, least: float, most: float) -> float:
    text = os.environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {text!r}, not a number.") from None
    if not least <= value <= most:  # also refuses "nan"
        raise ImproperlyConfigured(f"{name} is {text}; it must lie between {least:g} and {most:g}.")
    return value


def address(name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = os.environ.get(name) or default
    if urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with one of: {', '.join(f'{s}://' for s in schemes)}")
    return value


def base_url(default: str = "http://127.0.0.1:8000") -> SplitResult:
    """The address that links in mails lead to: scheme and host, no path."""
    parts = urlsplit((os.environ.get("BASE_URL") or default).rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured("BASE_URL must look like https://fleet.example, without a path.")
    return parts


def var_dir() -> Path:
    """Where data lives: database, secrets, broker, mail folder, logs."""
    path = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"VAR_DIR {path} cannot be used: {error.strerror}.") from error
    return path


def secret(var: Path, name: str) -> str:
    """From the environment, or made once and kept under `var/`, readable by its owner alone."""
    if given := os.environ.get(name.upper()):
        return given
    path = var / "secrets" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(64))
    return path.read_text()


def _write_once(path: Path, value: str) -> None:
    """Two processes may come at the same moment: the first one's value stays, whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(value)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def valkey_socket(var: Path) -> Path:
    """A socket's path is short by law of the kernel: a long `var/` keeps it in a directory of its own."""
    path = var / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"appdrive-{os.getuid()}-{name}" / "valkey.sock"
