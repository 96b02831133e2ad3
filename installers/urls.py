from django.urls import path

from core.web import converters
from installers.views import clients, company, home, jobs, registration, units, users

converters.register()

app_name = "installers"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("register/", registration.Register.as_view(), name="register"),
    path("register/password/", registration.PasswordStep.as_view(), name="register_password"),
    path("register/company/", registration.CompanyStep.as_view(), name="register_company"),
    path("register/person/", registration.PersonStep.as_view(), name="register_person"),
    path("register/agreement/", registration.AgreementStep.as_view(), name="register_agreement"),
    path("register/clients/", registration.ClientsStep.as_view(), name="register_clients"),
    path("company/", company.EditCompany.as_view(), name="company"),
    path("company/email/", company.ConfirmationAgain.as_view(), name="company_email_again"),
    path("company/email/<str:token>/", company.ConfirmEmail.as_view(), name="company_email"),
    path(
        "company/second-factor/", users.RequireSecondFactor.as_view(), name="company_second_factor"
    ),
    path("company/agreement/", company.ReadAgreement.as_view(), name="company_agreement"),
    path("company/delete/", company.DeleteCompany.as_view(), name="company_delete"),
    path("users/", users.UserList.as_view(), name="users"),
    path("users/invite/", users.InviteUser.as_view(), name="user_invite"),
    path("users/<int:pk>/role/", users.ChangeRole.as_view(), name="user_role"),
    path("users/<int:pk>/remove/", users.RemoveUser.as_view(), name="user_remove"),
    path(
        "users/invitations/<int:pk>/resend/",
        users.ResendInvitation.as_view(),
        name="invitation_resend",
    ),
    path(
        "users/invitations/<int:pk>/withdraw/",
        users.WithdrawInvitation.as_view(),
        name="invitation_withdraw",
    ),
    path("clients/", clients.ClientList.as_view(), name="clients"),
    path("clients/<int:pk>/accept/", clients.Accept.as_view(), name="client_accept"),
    path("clients/<int:pk>/decline/", clients.Decline.as_view(), name="client_decline"),
    path("clients/<int:pk>/delete/", clients.DeleteLink.as_view(), name="client_delete"),
    path("units/", units.UnitList.as_view(), name="units"),
    path("jobs/", jobs.JobList.as_view(), name="jobs"),
    path("jobs/<ulid:pk>/", jobs.JobDetails.as_view(), name="job"),
    path("jobs/<ulid:pk>/photos/<ulid:photo_id>/", jobs.JobPhotoImage.as_view(), name="job_photo"),
    path("jobs/<ulid:pk>/withdraw/", jobs.Withdraw.as_view(), name="job_withdraw"),
    path("jobs/<ulid:pk>/handback/", jobs.HandBack.as_view(), name="job_handback"),
    path(
        "jobs/<ulid:pk>/handback/refuse/", jobs.RefuseHandback.as_view(), name="job_handback_refuse"
    ),
    path("jobs/<ulid:pk>/reservation/", jobs.Reserve.as_view(), name="job_reserve"),
]
