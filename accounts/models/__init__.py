from accounts.models.agreement import Agreement, AgreementSignature
from accounts.models.api_call import ApiCall, ApiClientUse
from accounts.models.api_client import ApiClient
from accounts.models.company import Company
from accounts.models.erasure import Erasure
from accounts.models.event_consumer import EventConsumer
from accounts.models.event_subscription import EventSubscription
from accounts.models.fleet import Fleet
from accounts.models.fleet_event import FleetEvent
from accounts.models.invitation import Invitation
from accounts.models.membership import CompanyMembership, FleetMembership
from accounts.models.operator_action import OperatorAction
from accounts.models.partnership import Partnership
from accounts.models.preference import SavedView, TablePreference
from accounts.models.provider import MobilityProvider
from accounts.models.user import User
from accounts.models.webhook_delivery import WebhookDelivery

__all__ = [
    "Agreement",
    "AgreementSignature",
    "ApiCall",
    "ApiClient",
    "ApiClientUse",
    "Company",
    "CompanyMembership",
    "Erasure",
    "EventConsumer",
    "EventSubscription",
    "Fleet",
    "FleetEvent",
    "FleetMembership",
    "Invitation",
    "MobilityProvider",
    "OperatorAction",
    "Partnership",
    "SavedView",
    "TablePreference",
    "User",
    "WebhookDelivery",
]
