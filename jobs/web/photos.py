"""The picture of a photo, for every site."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

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
