"""The directory of the data: made at the first start, refused where it cannot be used."""

import base64
import binascii
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.environment import BASE_DIR

SOCKET_PATH_LIMIT = 103  # what both Linux (108) and macOS (104) take, with the closing NUL
WORLDS = ("demo", "empty")
SHORTEST_KEY = 50
FEWEST_CHARACTERS = 5
FIELD_KEY_BYTES = 32


def is_checkout(directory: Path = BASE_DIR) -> bool:
    """Whether the code is a checkout of a developer. A release is replaced as a whole, with what is in it."""
    return (directory / ".git").exists()


def var_dir(given: Mapping[str, str], code: Path = BASE_DIR) -> Path:
    """Where data lives: database, secrets, broker, mail folder, logs."""
    if "VAR_DIR" not in given and not is_checkout(code):
        raise ImproperlyConfigured(
            "VAR_DIR is not set. Name the directory of the data, outside of the release."
        )
    try:
        path = Path(given.get("VAR_DIR", str(code / "var"))).expanduser().resolve()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise ImproperlyConfigured(
            f"VAR_DIR {given.get('VAR_DIR', code / 'var')!s:.200} cannot be used: {reason}."
        ) from error
    refuse_unwritable(path)
    return path


def refuse_unwritable(path: Path) -> None:
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"VAR_DIR {path} cannot be used: it is not writable.")


def chosen_world(world_file: Path) -> str:
    """What the first start on this `var/` wrote: `demo`, `empty`, or nothing yet."""
    try:
        word = world_file.read_text().strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        raise ImproperlyConfigured(f"{world_file} cannot be read.") from None
    if word not in WORLDS:
        raise ImproperlyConfigured(f"{world_file} says {word[:40]!r}; it must say demo or empty.")
    return word


def secret_key(given: Mapping[str, str], var: Path) -> str:
    key = secret(var, "secret_key", given)
    where = "SECRET_KEY" if "SECRET_KEY" in given else f"{var / 'secrets' / 'secret_key'}"
    return _checked_key(key, where)


def former_secret_keys(given: Mapping[str, str]) -> list[str]:
    """Of SECRET_KEY_FALLBACKS: they sign nothing, and what they have signed stays valid."""
    keys = [key.strip() for key in given.get("SECRET_KEY_FALLBACKS", "").split(",")]
    if keys == [""]:
        return []
    return [_checked_key(key, "Each key of SECRET_KEY_FALLBACKS") for key in keys]


def _checked_key(key: str, where: str) -> str:
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"{where} must have at least {SHORTEST_KEY} characters.")
    if len(set(key)) < FEWEST_CHARACTERS or key.startswith("django-insecure-"):
        raise ImproperlyConfigured(f"{where} can be guessed. Make a random one.")
    return key


def field_keys(given: Mapping[str, str], var: Path) -> list[str]:
    """The keys of sealed columns (core/values/encrypted.py): the first one seals, all of them open."""
    keys = [key.strip() for key in secret(var, "field_keys", given, new_field_key).split(",")]
    where = "FIELD_KEYS" if "FIELD_KEYS" in given else f"{var / 'secrets' / 'field_keys'}"
    if not all(map(is_field_key, keys)):
        raise ImproperlyConfigured(
            f"{where} must have keys of 32 bytes in URL-safe base64, separated by commas."
        )
    return keys


def new_field_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(FIELD_KEY_BYTES)).decode()


def is_field_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars="-_", validate=True)) == FIELD_KEY_BYTES
    except (binascii.Error, ValueError):  # the second for what is not ASCII
        return False


def new_secret_key() -> str:
    return secrets.token_urlsafe(64)


def secret(
    var: Path,
    name: str,
    given: Mapping[str, str] = os.environ,
    new: Callable[[], str] = new_secret_key,
) -> str:
    """From the environment, or made once and kept under `var/`, readable by its owner alone."""
    if name.upper() in given:
        return given[name.upper()]
    path = var / "secrets" / name
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            _write_once(path, new())
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text"
        raise ImproperlyConfigured(f"{path} cannot be used: {reason}.") from error


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
    return Path(tempfile.gettempdir()) / f"installer-jobs-{os.getuid()}-{name}" / "valkey.sock"
