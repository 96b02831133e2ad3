from accounts.admin import (
    agreements,
    api_clients,
    demo,
    mails,
    members,
    operator_actions,
    partners,
    people,
    preferences,
    sign_in,
    tenants,
)

__all__ = [
    "agreements",
    "api_clients",
    "demo",
    "mails",
    "members",
    "operator_actions",
    "partners",
    "people",
    "preferences",
    "sign_in",
    "tenants",
]
