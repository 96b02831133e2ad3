from core.failures import Failure
from core.mail.mail import Mail
from core.models.demo_mark import DemoMark
from core.once import AnsweredRequest
from core.outbox.message import OutboxEdge, OutboxMessage, OutboxStream

__all__ = [
    "AnsweredRequest",
    "DemoMark",
    "Failure",
    "Mail",
    "OutboxEdge",
    "OutboxMessage",
    "OutboxStream",
]
