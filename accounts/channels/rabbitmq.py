"""RabbitMQ's management API: users, permissions, queues and the policy of event consumers, in one virtual host."""

from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
from django.conf import settings

FAILURES = (httpx.HTTPError,)
# A queue with so many messages refuses more.
MAX_LENGTH = 100_000
MAX_CONNECTIONS = 10
TIMEOUT = 5  # seconds, of our own broker
HASHING = "rabbit_password_hashing_sha256"
# Of every queue of a consumer. A policy of the operator's with a higher priority replaces it: a lower limit suspends
# a consumer earlier.
POLICY = "event-consumers"


class NotConfigured(Exception):
    """The installation has no RabbitMQ for event consumers."""


def policy() -> dict[str, Any]:
    return {
        "pattern": r"^consumer\.",
        "apply-to": "queues",
        "priority": 0,
        "definition": {"max-length": MAX_LENGTH, "overflow": "reject-publish"},
    }


class Management:
    """The API for the virtual host of MESSAGES_AMQP_URL. Every method raises one of FAILURES."""

    def __init__(self) -> None:
        if not settings.MESSAGES_MANAGEMENT_URL:
            raise NotConfigured
        path = urlsplit(settings.MESSAGES_AMQP_URL).path.removeprefix("/")
        self._host = quote(unquote(path) or "/", safe="")
        # Our own broker: no proxy of the environment is in between.
        self._client = httpx.Client(
            base_url=settings.MESSAGES_MANAGEMENT_URL.rstrip("/") + "/api/",
            timeout=TIMEOUT,
            trust_env=False,
        )

    def __enter__(self) -> "Management":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    # --- users ----------------------------------------------------------------------------------------------------
    def users(self) -> dict[str, dict[str, Any]]:
        """Every user of the broker by name, with `password_hash` and `tags`."""
        return {user["name"]: user for user in self._get("users")}

    def permissions(self) -> dict[str, dict[str, str]]:
        """The rights in this virtual host by the name of the user."""
        return {one["user"]: one for one in self._get(f"vhosts/{self._host}/permissions")}

    def connection_limits(self) -> dict[str, int]:
        limits = self._get("user-limits")
        return {one["user"]: one["value"].get("max-connections", 0) for one in limits}

    def put_user(self, name: str, hashed: str) -> None:
        self._put(
            f"users/{name}", {"password_hash": hashed, "hashing_algorithm": HASHING, "tags": ""}
        )

    def permit(self, name: str, rights: dict[str, str]) -> None:
        self._put(f"permissions/{self._host}/{name}", rights)

    def limit_connections(self, name: str) -> None:
        self._put(f"user-limits/{name}/max-connections", {"value": MAX_CONNECTIONS})

    def delete_user(self, name: str) -> None:
        """RabbitMQ closes the connections of the user."""
        self._delete(f"users/{name}")

    # --- queues ---------------------------------------------------------------------------------------------------
    def queues(self) -> list[dict[str, Any]]:
        """Every queue of the virtual host with its figures, as RabbitMQ counted them some seconds ago."""
        return self._get(f"queues/{self._host}")

    def queue_names(self) -> set[str]:
        return {queue["name"] for queue in self._get(f"queues/{self._host}?columns=name")}

    def put_queue(self, name: str) -> None:
        self._put(
            f"queues/{self._host}/{name}", {"durable": True, "auto_delete": False, "arguments": {}}
        )

    def delete_queue(self, name: str) -> None:
        self._delete(f"queues/{self._host}/{name}")

    def policies(self) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self._get(f"policies/{self._host}")}

    def put_policy(self) -> None:
        self._put(f"policies/{self._host}/{POLICY}", policy())

    # --- the way there --------------------------------------------------------------------------------------------
    def _get(self, path: str) -> Any:
        response = self._client.get(path)
        response.raise_for_status()
        return response.json()

    def _put(self, path: str, body: dict[str, Any]) -> None:
        self._client.put(path, json=body).raise_for_status()

    def _delete(self, path: str) -> None:
        """Idempotent: another run may have deleted it."""
        response = self._client.delete(path)
        if response.status_code != httpx.codes.NOT_FOUND:
            response.raise_for_status()
