"""A photo of a job: the row. Its file is in the storage `photos`, under a random name that this row has."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import CompanyMembership, Fleet, User
from core import context
from core.moves import Versioned, VersionedQuerySet
from core.tasks import nudge
from core.ulid import ULIDField
from core.vocabulary import ClosedVocabulary
from jobs import freshness
from jobs.models.choices import PhotoKind
from jobs.parts.photos import Photos
from jobs.pictures import storage
from jobs.pictures.storage import StoredPicture

DROP = "jobs.tasks.drop_photo_file"


class JobPhotoQuerySet(VersionedQuerySet["JobPhoto"]):
    def visible_to(self, principal: Any) -> Self:
        """Of the jobs of the principal's fleets, and of those that their company has: what was made for it."""
        fleets = Fleet.objects.visible_to(principal).values("pk")
        companies = CompanyMembership.objects.at_work(principal).values("company")
        of_company = Q(company__in=companies, job__company=F("company"))
        shown = self.live().exclude(job__status="DELETED")
        return shown.filter(Q(job__fleet__in=fleets) | of_company)

    def live(self) -> Self:
        return self.filter(deleted_at=None)

    def of_assignment(self) -> Self:
        """What was added since the job was last assigned, by people of the company that has it.

        A job that went back to its fleet is proven anew.
        """
        earlier = Q(created_at__lt=F("job__assigned_at"))
        return self.filter(company=F("job__company")).exclude(earlier)

    def shown_of(self, jobs: Iterable[str]) -> list["JobPhoto"]:
        """Those that the company of each job sees, oldest first, with the people who added them."""
        of_jobs = self.live().of_assignment().filter(job__in=jobs)
        return list(of_jobs.select_related("added_by").order_by("id"))

    def with_people(self) -> Self:
        """With the rows that a page and the history show of each, oldest first."""
        return self.select_related("added_by", "deleted_by", "company").order_by("id")

    def kinds(self) -> set[str]:
        return set(self.order_by().values_list("kind", flat=True).distinct())

    def delete_with_jobs(self) -> int:
        """Delete the photos of jobs that went back to their fleet and were deleted there."""
        return self.live().filter(job__status="DELETED").update(deleted_at=Now())

    def to_drop(self) -> Self:
        """Deleted ones whose file is still there."""
        return self.exclude(deleted_at=None).exclude(file="")

    @transaction.atomic
    def add_to(
        self,
        job: Any,
        picture: StoredPicture,
        *,
        kind: str,
        taken: context.Occurrence,
        by: User,
    ) -> "JobPhoto":
        """Add a photo whose file is stored already, by the holder of the job or, for a day, by who has finished it.

        Raises NotAllowed, or MoveRefused `wrong_status`, `assignment_over`, `not_holder`, `fleet_suspended`,
        `too_many_photos`.
        """
        company = job.company_or_refuse()
        by.lock_membership(of=company)
        job.lock()
        photos = Photos(job)
        photos.check_add(by)
        job.check_not_suspended(by)
        photos.check_number(self.filter(job=job.pk).live().of_assignment().count())
        photo = self.create(
            job_id=job.pk,
            kind=kind,
            taken_at=taken.at,
            is_misdated=taken.is_misdated,
            added_by=by,
            company=company,
            **picture._asdict(),
        )
        job.access.extend()
        freshness.touch(job.fleet_id)
        return photo


class JobPhoto(Versioned):
    Kind = PhotoKind

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    job = models.ForeignKey(
        "jobs.Job", models.PROTECT, related_name="photos", verbose_name=_("job")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=PhotoKind)
    # What the phone says; nothing is sorted or judged by it.
    taken_at = models.DateTimeField(_("said to be taken at"), null=True, blank=True)
    is_misdated = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(_("added at"), db_default=Now())
    added_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", verbose_name=_("company")
    )
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    size = models.PositiveIntegerField(_("size in bytes"))
    # Of the file as it was sent: a client can see that what it had has arrived.
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    # Its name in the storage; blank once the file of a deleted photo is gone.
    file = models.CharField(_("file"), max_length=100, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    deleted_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("deleted by"),
    )

    UNSEEN = frozenset(("file",))
    objects = JobPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["id"]
        indexes = [
            models.Index(
                "deleted_at",
                condition=~Q(file="") & Q(deleted_at__isnull=False),
                name="photo_file_to_drop",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["file"], condition=~Q(file=""), name="photo_file_once"),
            models.CheckConstraint(
                name="photo_has_file", condition=~Q(file="") | Q(deleted_at__isnull=False)
            ),
            ClosedVocabulary(condition=Q(kind__in=PhotoKind.values), name="photo_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.kind}"

    def counts_for(self, job: Any) -> bool:
        """Whether it was added since the job was last assigned, as `of_assignment`."""
        is_earlier = job.assigned_at is not None and self.created_at < job.assigned_at
        return self.company_id == job.company_id and not is_earlier

    @transaction.atomic
    def remove(self, job: Any, *, by: User) -> None:
        """Delete the photo of a RUNNING job by its holder; the row stays, and its file goes after the transaction.

        Idempotent. Raises MoveRefused `wrong_status`, `assignment_over`, `not_holder`, `fleet_suspended`.
        """
        job.lock()
        Photos(job).check_delete(by)
        job.check_not_suspended(by)
        mine = JobPhoto.objects.live().filter(pk=self.pk)
        if mine.update(deleted_at=Now(), deleted_by=by):
            job.access.extend()
            freshness.touch(job.fleet_id)
            nudge(DROP, self.pk)

    def drop_file(self) -> None:
        """Delete the file of a deleted photo. May run twice."""
        if self.deleted_at is None or not self.file:
            return
        storage.delete(self.file)
        JobPhoto.objects.filter(pk=self.pk).update(file="")
