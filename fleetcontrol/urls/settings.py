"""Settings: the people and the API clients of the fleet."""

from django.urls import path
from django.views.generic import RedirectView

from fleetcontrol.views import api_clients, users

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="fleetcontrol:users"), name="settings"),
    path("users/", users.UserList.as_view(), name="users"),
    path("users/invite/", users.InviteUser.as_view(), name="user-invite"),
    path("users/second-factor/", users.RequireSecondFactor.as_view(), name="users-second-factor"),
    path("users/<int:pk>/role/", users.ChangeRole.as_view(), name="user-role"),
    path("users/<int:pk>/remove/", users.RemoveUser.as_view(), name="user-remove"),
    path(
        "users/invitations/<int:pk>/resend/",
        users.ResendInvitation.as_view(),
        name="user-invitation-resend",
    ),
    path(
        "users/invitations/<int:pk>/withdraw/",
        users.WithdrawInvitation.as_view(),
        name="user-invitation-withdraw",
    ),
    path("api-clients/", api_clients.ClientList.as_view(), name="api-clients"),
    path("api-clients/new/", api_clients.NewClient.as_view(), name="api-client-new"),
    path("api-clients/<int:client_id>/", api_clients.ClientDetail.as_view(), name="api-client"),
    path(
        "api-clients/<int:client_id>/edit/",
        api_clients.EditClient.as_view(),
        name="api-client-edit",
    ),
    path(
        "api-clients/<int:client_id>/secret/",
        api_clients.NewSecret.as_view(),
        name="api-client-secret",
    ),
    path(
        "api-clients/<int:client_id>/revoke/",
        api_clients.RevokeClient.as_view(),
        name="api-client-revoke",
    ),
]
