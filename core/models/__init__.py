from core.models.answered_request import AnsweredRequest
from core.models.mail import Mail

__all__ = ["AnsweredRequest", "Mail"]
