"""Settings: the people of the fleet."""

from django.urls import path
from django.views.generic import RedirectView

from fleetcontrol.views import users

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
]
