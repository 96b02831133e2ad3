"""The picture of a photo, for every site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from core.web.private_files import private_file
from jobs.models import JobPhoto
from jobs.pictures import storage


def photo_response(request: HttpRequest, photo: JobPhoto) -> HttpResponseBase:
    """Stream the picture. Raises Http404 for one whose file is gone, or storage.Unavailable."""
    try:
        file = storage.load(photo.file)
    except FileNotFoundError:
        raise Http404 from None
    return private_file(
        request,
        file,
        content_type="image/jpeg",
        name=f"{photo.kind.lower()}-{photo.pk}.jpg",
        tag=photo.pk,
    )


def photo_page(request: HttpRequest, photo: JobPhoto | None) -> HttpResponseBase:
    """The picture, 404 without a photo, or 503 while the storage is away."""
    if photo is None:
        raise Http404
    try:
        return photo_response(request, photo)
    except storage.Unavailable:
        text = _("The photo cannot be shown right now. Try again soon.")
        return HttpResponse(
            text, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "5"}
        )
