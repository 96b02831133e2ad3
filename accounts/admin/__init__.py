from accounts.admin import (
    agreements,
    api_clients,
    mails,
    members,
    operator_acts,
    partners,
    people,
    preferences,
    sign_in,
    tenants,
)

__all__ = [
    "agreements",
    "api_clients",
    "mails",
    "members",
    "operator_acts",
    "partners",
    "people",
    "preferences",
    "sign_in",
    "tenants",
]
