"""Partner & Teams: the list, the dialog *Available Service Partners*, one partner."""

from django.urls import include, path

from fleetcontrol.views import partner_actions, partner_detail, partners

one = [
    path("", partner_detail.PartnerDetail.as_view(), name="partner"),
    path("menu/", partners.PartnerMenu.as_view(), name="partner-menu"),
    path("resend/", partner_actions.ResendInvitation.as_view(), name="partner-resend"),
    path("again/", partner_actions.InviteAgain.as_view(), name="partner-again"),
    path("override/", partner_actions.EditOverride.as_view(), name="partner-override"),
    path("remove/", partner_actions.RemovePartner.as_view(), name="partner-remove"),
]
urlpatterns = [
    path("", partners.PartnerList.as_view(), name="partners"),
    path("available/", partners.AvailablePartners.as_view(), name="partners-available"),
    path("columns/", partners.PartnerColumns.as_view(), name="partner-columns"),
    path("invite/", partner_actions.InvitePartner.as_view(), name="partner-invite"),
    path("<int:partnership_id>/", include(one)),
]
