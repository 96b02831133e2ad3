"""`manage.py reset_second_factor EMAIL`: for an operator who lost it where no other operator is left to reset it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import OperatorAction, User
from accounts.models.operator_action import tenants_of
from core.values.addresses import comparable


class Command(BaseCommand):
    help = "Reset the two-factor authentication of a person, who is notified by mail"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=comparable(email), closed_at=None).first()
        if user is None:
            raise CommandError(f"Nobody here has the e-mail {email}.")
        user.reset_second_factor()
        OperatorAction.objects.record(
            by=user,
            what=OperatorAction.What.RESET_SECOND_FACTOR,
            subject=str(user),
            tenants=tenants_of(user),
            details="manage.py",
        )
        self.stdout.write(f"{user.email} signs in with the password alone and sets it up anew.")
