"""Light, dark, or as the device: the reader's choice, kept with the person or, before signing in, in a cookie."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.web.posted import posts

CHOICES = ("light", "dark", "auto")
KEPT = 365 * 24 * 3600


def chosen(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    theme = user.theme if user and user.is_authenticated else request.COOKIES.get("theme")
    if theme in CHOICES:
        return theme
    return "auto"


@require_POST
@posts("theme", "next")
def choose(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme")
    back = request.POST.get("next", "")
    response = HttpResponseRedirect(
        back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/"
    )
    if theme in CHOICES:
        response.set_cookie(
            "theme", theme, max_age=KEPT, samesite="Lax", secure=request.is_secure(), httponly=True
        )
        if request.user.is_authenticated:
            request.user.theme = theme
            request.user.save(update_fields=["theme"])
    return response
