"""Where the service that sends our mails reports bounces. Without the setting there is no such page."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from core.mail.bounces import SERVICES


@csrf_exempt
def bounces(request: HttpRequest) -> HttpResponse:
    """The view of the library refuses a wrong secret before it reads anything."""
    service = SERVICES.get(settings.MAIL_BOUNCES_FROM)
    if service is None:
        raise Http404
    view = import_string(service.view).as_view()
    try:
        return view(request)
    except (AttributeError, LookupError, TypeError, ValueError) as unreadable:
        raise BadRequest("not a report of this service") from unreadable
