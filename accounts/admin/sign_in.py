"""Read-only pages of the sign-in library's models.

Its own pages would show secrets and let verified data be changed.
"""

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client, Token
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.web.admin import EMAIL, ReadOnlyAdmin, link

admin.site.unregister([EmailAddress, Authenticator, UserSession, Client, Token])


class OfUserAdmin(ReadOnlyAdmin):
    """Rows of a person, which are found by the person's e-mail."""

    list_select_related = ("user",)
    find_by = {EMAIL: ("user__email",)}
    ordering = ("-pk",)


@admin.register(EmailAddress)
class EmailAddressAdmin(OfUserAdmin):
    searched_by = {EMAIL: ("email",)}
    list_display = ("email", link("user", _("user")), "verified", "primary")
    list_filter = ("verified", "primary")
    find_by = {EMAIL: ("email", "user__email")}


@admin.register(Authenticator)
class AuthenticatorAdmin(OfUserAdmin):
    list_display = ("id", link("user", _("user")), "type", "created_at", "last_used_at")
    list_filter = ("type",)
    fields = ("user", "type", "created_at", "last_used_at")  # without the secret


@admin.register(UserSession)
class UserSessionAdmin(OfUserAdmin):
    list_display = ("id", link("user", _("user")), "created_at", "last_seen_at", "ip", "user_agent")
    fields = (
        "user",
        "created_at",
        "last_seen_at",
        "ip",
        "user_agent",
    )  # without the key, which opens it


@admin.register(Client)
class ClientAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", link("api_client", _("API client")), "created_at")
    list_select_related = ("api_client",)
    search_fields = ("id__startswith", "name__startswith")
    fields = ("id", "name", "scopes", "grant_types", "created_at")


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", link("client", _("client")), "created_at", "expires_at")
    list_select_related = ("client",)
    search_fields = ("client__id__startswith",)
    fields = ("type", "client", "user", "scopes", "created_at", "expires_at")
    ordering = ("-pk",)
