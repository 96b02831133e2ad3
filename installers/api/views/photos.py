"""Photos of a job: list, add, show, delete."""

from functools import partial
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import AnsweredRequest
from core.once import Answer
from core.web.api.idempotency import HEADER
from core.web.api.problems import Overloaded, TooLarge, Unavailable
from installers.api.part_shapes import Photo
from installers.api.serializers import PhotoForm
from installers.api.views.base import ASSIGNMENT, OCCURRED_AT, JobView
from installers.api.views.jobs import IF_NONE_MATCH, UNCHANGED
from jobs.models import JobPhoto
from jobs.parts.photos import Photos
from jobs.pictures import picture, storage
from jobs.web.photos import photo_response

OF_HOLDER = ("wrong_status", "assignment_over", "not_holder", "fleet_suspended", "not_allowed")
# The file, and what a form adds to it.
LARGEST_BODY = picture.MAX_BYTES + picture.MEGABYTE


class PhotosView(JobView):
    parser_classes = [MultiPartParser]
    keys = {"POST": True}
    reads = {"POST": [ASSIGNMENT, OCCURRED_AT]}
    refuses = {"POST": (*OF_HOLDER, "too_many_photos")}

    @extend_schema(operation_id="list_photos", responses=Photo(many=True))
    def get(self, request: Request, id: str) -> Response:
        """List the photos of a job.

        Oldest first, without those that were deleted.
        """
        return Response([Photo.of(photo) for photo in JobPhoto.objects.shown_of([self.job.pk])])

    @extend_schema(
        operation_id="add_photo",
        request={"multipart/form-data": PhotoForm},
        responses={201: Photo},
    )
    def post(self, request: Request, id: str) -> Response:
        """Add a photo.

        JPEG, PNG or WebP of up to 8 MB and 40 megapixels. It is turned upright and kept as JPEG without metadata, so
        that `size`, `width` and `height` can differ from what was sent; `sha256` is that of the file as it was sent.
        The holder of a RUNNING job adds photos; the person who has finished it can add others for 24 hours. A job has
        at most 40.
        """
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            raise TooLarge
        answer = self._answer_again() if self.is_repeat else self._add()
        return Response(Photo.of(self._photo(answer)), answer.status)

    @property
    def is_repeat(self) -> bool:
        """Whether the key has its answer already, so that nothing needs to be stored again."""
        earlier = AnsweredRequest.objects.given_before(
            self.request.user.principal, self.request.headers.get(HEADER, "")
        )
        return earlier is not None and not (
            earlier.expires_at and earlier.expires_at < timezone.now()
        )

    def _judge(self) -> None:
        Photos(self.job).check_add(self.request.user)

    def _answer_again(self) -> Answer:
        def expired() -> Answer:
            """Between two statements: the client tries again."""
            raise Overloaded

        return self.once(expired, judge=self._judge)

    def _add(self) -> Answer:
        """Store the file, then write its row. A file that has got no row is deleted."""
        self._judge()
        self.require_key()
        try:
            given = self.validated(PhotoForm).validated_data
            stored = storage.store(given["file"])
        except picture.Busy as error:
            raise Overloaded from error
        except storage.Unavailable as error:
            raise Unavailable from error
        try:
            return self.once(partial(self._added, stored, given), judge=self._judge)
        finally:
            if not JobPhoto.objects.filter(file=stored.file).exists():
                storage.discard(stored)

    def _added(self, stored: storage.StoredPicture, given: dict[str, Any]) -> Answer:
        photo = JobPhoto.objects.add_to(
            self.job, stored, kind=given["kind"], taken=given["taken_at"], by=self.request.user
        )
        return Answer(201, photo.pk)

    def _photo(self, answer: Answer) -> JobPhoto:
        return self.job.photos.select_related("added_by").get(pk=answer.object_id)


class PhotoView(JobView):
    keys = {"DELETE": False}
    reads = {"DELETE": [ASSIGNMENT, OCCURRED_AT]}
    refuses = {"DELETE": OF_HOLDER}
    path_parameters = {**JobView.path_parameters, "photo_id": _("The id of the photo.")}

    @property
    def requires_person(self) -> bool:  # type: ignore[override]
        """A picture in a page is fetched by the browser itself, which names nobody."""
        return self.request.method not in ("GET", "HEAD")

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A picture has one form, whatever the client accepts."""
        return super().perform_content_negotiation(
            request, force=force or request.method in ("GET", "HEAD")
        )

    @cached_property
    def photo(self) -> JobPhoto:
        photos = JobPhoto.objects.of_assignment().filter(job=self.job.pk)
        photo = photos.filter(pk=self.kwargs["photo_id"]).first()
        if photo is None:
            raise Http404
        return photo

    @extend_schema(
        operation_id="show_photo",
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, 304: UNCHANGED},
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, id: str, photo_id: str) -> HttpResponseBase:
        """Show a photo.

        The picture, as JPEG. A browser may keep it, and checks each time whether it still may show it.
        """
        if self.photo.deleted_at:
            raise Http404
        try:
            return photo_response(request, self.photo)
        except storage.Unavailable as error:
            raise Unavailable from error

    @extend_schema(
        operation_id="delete_photo",
        responses={204: OpenApiResponse(description=str(_("The photo is deleted.")))},
    )
    def delete(self, request: Request, id: str, photo_id: str) -> Response:
        """Delete a photo.

        Only while the job is RUNNING, by its holder. Idempotent: a photo that is deleted already stays so.
        """

        photo = self.photo

        def deleted() -> Answer:
            photo.remove(self.job, by=self.request.user)
            return Answer(204, photo.pk)

        answer = self.once(deleted, judge=self._judge)
        return Response(status=answer.status)

    def _judge(self) -> None:
        Photos(self.job).check_delete(self.request.user)
