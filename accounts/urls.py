from django.urls import path

from accounts.views import home, invitations, personal_data, profile, sessions, token

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("invitations/<str:token>/", invitations.OpenInvitation.as_view(), name="invitation"),
    path(
        "invitations/<str:token>/decline/", invitations.Decline.as_view(), name="invitation_decline"
    ),
    path("invitations/<str:token>/switch/", invitations.switch, name="invitation_switch"),
    path("accounts/profile/", profile.Profile.as_view(), name="profile"),
    path("accounts/data/", personal_data.PersonalData.as_view(), name="personal_data"),
    path("accounts/data/file/", personal_data.export, name="personal_data_file"),
    path("accounts/sessions/", sessions.SessionList.as_view(), name="usersessions_list"),
    path("accounts/sessions/<int:pk>/end/", sessions.end, name="session_end"),
    path("oauth/token", token.token, name="oauth_token"),
]
