"""Settings: the fleet itself, the people, the accesses, the API clients and the event consumers of the fleet."""

from django.urls import path

from fleetcontrol.views import (
    accesses,
    api_clients,
    event_consumer_actions,
    event_consumers,
    fleet_settings,
    settings_page,
    users,
)

urlpatterns = [
    path("", settings_page.FirstTab.as_view(), name="settings"),
    path("fleet/", fleet_settings.FleetSettings.as_view(), name="fleet-settings"),
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
    path("accesses/", accesses.AccessList.as_view(), name="accesses"),
    path("accesses/filter/", accesses.FilterAccesses.as_view(), name="access-filter"),
    path("accesses/columns/", accesses.AccessColumns.as_view(), name="access-columns"),
    path(
        "accesses/export/csv/",
        accesses.ExportAccesses.as_view(),
        {"form": "csv"},
        name="access-export-csv",
    ),
    path(
        "accesses/export/xlsx/",
        accesses.ExportAccesses.as_view(),
        {"form": "xlsx"},
        name="access-export-xlsx",
    ),
    path("accesses/<ulid:access_id>/", accesses.AccessDetail.as_view(), name="access"),
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
    path("event-consumers/", event_consumers.ConsumerList.as_view(), name="event-consumers"),
    path("event-consumers/new/", event_consumers.ChooseKind.as_view(), name="event-consumer-kinds"),
    path(
        "event-consumers/new/<slug:kind>/",
        event_consumers.NewConsumer.as_view(),
        name="event-consumer-new",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/",
        event_consumers.ConsumerDetail.as_view(),
        name="event-consumer",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/edit/",
        event_consumers.EditConsumer.as_view(),
        name="event-consumer-edit",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/test/",
        event_consumer_actions.SendTest.as_view(),
        name="event-consumer-test",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/resume/",
        event_consumer_actions.Resume.as_view(),
        name="event-consumer-resume",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/replay/",
        event_consumer_actions.Replay.as_view(),
        name="event-consumer-replay",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/secret/",
        event_consumer_actions.NewSecret.as_view(),
        name="event-consumer-secret",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/again/",
        event_consumer_actions.SendAllAgain.as_view(),
        name="event-consumer-again",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/deliveries/<int:delivery_id>/again/",
        event_consumer_actions.SendAgain.as_view(),
        name="event-delivery-again",
    ),
    path(
        "event-consumers/<ulid:consumer_id>/remove/",
        event_consumer_actions.RemoveConsumer.as_view(),
        name="event-consumer-remove",
    ),
]
