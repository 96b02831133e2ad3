from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The person of a request that passed our mixins and decorators, which let only signed-in people through."""
    user = request.user
    assert user.is_authenticated
    return user
