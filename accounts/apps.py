from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.account.models import EmailAddress
        from allauth.account.signals import _add_email
        from django.db.models.signals import post_migrate, pre_delete, pre_save

        from accounts.adapters import check_address_change, store_canonical
        from accounts.models import EventSubscription, User
        from accounts.models.message_broker import state_of_broker
        from accounts.models.notification import report_failure
        from accounts.models.operator_role import match_roles
        from accounts.models.operators import keep_last
        from accounts.sign_in.middleware import remember_person
        from core.failures import given_up
        from core.outbox import relay, rendering
        from core.web import health

        _add_email.connect(check_address_change, dispatch_uid="mails for a new address")
        pre_save.connect(
            store_canonical, sender=EmailAddress, dispatch_uid="one form of an address"
        )
        pre_delete.connect(keep_last, sender=User, dispatch_uid="somebody in charge is left")
        # Once, when the last app of them all has made its permissions.
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(match_roles, sender=last, dispatch_uid="what roles permit")
        user_logged_in.connect(remember_person, dispatch_uid="a known device")
        given_up.connect(report_failure, dispatch_uid="failures of tasks")
        rendering.stream_member = "fleet_id"
        relay.SOURCES.append(EventSubscription.objects.deliverable)
        health.OPTIONAL["messages broker"] = state_of_broker
        load_channels()


def load_channels() -> None:
    """Each registers itself. Without a RabbitMQ there are no AMQP queues."""
    import accounts.channels.webhook

    if settings.MESSAGES_AMQP_URL:
        import accounts.channels.amqp  # noqa: F401
