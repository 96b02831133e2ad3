from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.address import addresses_of, company_at, lock_addresses
from accounts.models.authority import authorise
from accounts.models.invitation import Invitation
from accounts.models.partnership_queryset import PartnershipQuerySet, PartnershipStatus, Shown
from core.moves import Move, MoveRefused, NotAllowed, StatusModel


class Partnership(StatusModel):
    """The link of one fleet and one company, from the invitation to its end."""

    Status, Shown = PartnershipStatus, Shown

    MOVES = {
        "resolve": Move([Status.PENDING]),
        "accept": Move([Status.PENDING], Status.ACCEPTED),
        "decline": Move([Status.PENDING], Status.DECLINED),
        "release": Move([Status.DECLINED]),
        "set_override": Move([Status.PENDING, Status.ACCEPTED]),
        "end": Move(Status.values),
    }

    fleet = models.ForeignKey("accounts.Fleet", models.PROTECT, related_name="partnerships", verbose_name=_("fleet"))
    company = models.ForeignKey(
        "accounts.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="partnerships",
        verbose_name=_("company"),
    )
    email = models.EmailField(_("e-mail"))
    allow_override = models.BooleanField(_("Allow partner to override job configuration and data"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("ended by"),
    )

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("partnership"), _("partnerships")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "company"], condition=Q(ended_at=None), name="one_live_partnership_a_pair"
            ),
            models.UniqueConstraint(
                "fleet",
                Lower("email"),
                condition=Q(ended_at=None, company=None),
                name="one_open_invitation_a_fleet_and_email",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fleet} · {self.shown_name}"

    @property
    def shown_name(self) -> str:
        """What the fleet may know: the address it wrote to, and the company's name once that has accepted."""
        return self.company.name if self.company and self.status == self.Status.ACCEPTED else self.email

    @property
    def invitation(self) -> Invitation | None:
        return self.invitations.select_related("mail").first()

    # --- the fleet's side ---------------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def invite(cls, *, fleet, email: str, by, allow_override: bool = False) -> "Partnership":
        """Ask whoever reads `email` to become a partner. A declined invitation gives way; a standing one refuses."""
        email = email.lower()
        lock_addresses(email)
        company = company_at(email)
        if company:
            company.lock()
        standing = list(
            cls.objects.live().filter(Q(email=email) | Q(company=company, company__isnull=False), fleet=fleet).locked()
        )
        authorise(by, fleet, "ADMIN", "MANAGER")
        for partnership in standing:
            partnership._give_way(email, company, by)
        # While another address of the company waits for its answer, this one stays unresolved: to tell the two apart
        # from two companies would say who works where.
        waits = any(p.company_id and p.status == cls.Status.PENDING for p in standing)
        partnership = cls.objects.create(
            fleet=fleet,
            email=email,
            allow_override=allow_override,
            created_by=by,
            status=cls.Status.PENDING,
            company=None if waits else company,
        )
        Invitation.send(kind=Invitation.Kind.PARTNERSHIP, email=email, partnership=partnership, by=by)
        return partnership

    @classmethod
    @transaction.atomic
    def invite_into(cls, fleets, *, email: str, by, allow_override: bool = False) -> None:
        """The same invitation into several fleets of a provider: all of them, or none."""
        for fleet in sorted(fleets, key=lambda fleet: fleet.pk):
            try:
                cls.invite(fleet=fleet, email=email, by=by, allow_override=allow_override)
            except MoveRefused as refused:
                raise MoveRefused(refused.code, f"{fleet}: {refused}") from refused

    def _give_way(self, email: str, company, by) -> None:
        """Make room for a new invitation of `email`, or refuse it."""
        if self.status == self.Status.ACCEPTED and company and self.company_id == company.pk:
            raise MoveRefused("already_partner", _("This company is a partner of this fleet already."))
        if self.email == email and self.status == self.Status.PENDING:
            raise MoveRefused(
                "already_invited", _("This e-mail is invited already. You can send the invitation again.")
            )
        if self.email == email and self.status == self.Status.DECLINED:
            self._end(by)
        elif self.status == self.Status.DECLINED:
            self._move("release", by=by, where={"ended_at": None}, company=None)

    @transaction.atomic
    def set_override(self, value: bool, *, by) -> None:
        """For jobs assigned from now on: what is assigned keeps what it was assigned with."""
        self._lock()
        authorise(by, self.fleet, "ADMIN", "MANAGER")
        self._move("set_override", by=by, where={"ended_at": None}, allow_override=value)

    @transaction.atomic
    def resend(self, *, by) -> None:
        self._lock()
        self._check_open()
        invitation = self.invitations.standing().first()
        if invitation:
            invitation.resend(by=by)
        else:
            authorise(by, self.fleet, "ADMIN", "MANAGER")
            Invitation.send(kind=Invitation.Kind.PARTNERSHIP, email=self.email, partnership=self, by=by)

    @transaction.atomic
    def withdraw(self, *, by) -> None:
        """Take the invitation back, unless it was answered meanwhile."""
        if self.company:
            self.company.lock()
        self._lock()
        self._check_open()
        self.end(by=by)

    def _check_open(self) -> None:
        if self.ended_at or self.status != self.Status.PENDING:
            raise MoveRefused("wrong_status", _("This invitation is not open any more."), status=self.status)

    # --- the company's side -------------------------------------------------------------------------------------------
    def accept(self, *, by) -> None:
        self._answer("accept", by)

    def decline(self, *, by) -> None:
        self._answer("decline", by)

    @transaction.atomic
    def _answer(self, verb: str, by) -> None:
        """An answer holds for every invitation of this fleet to any address of the company."""
        company = self.company
        if company is None:
            raise NotAllowed
        lock_addresses(*addresses_of(company))
        company.lock()
        twins = Partnership._unresolved(company).filter(fleet=self.fleet_id)
        list(Partnership.objects.filter(Q(pk=self.pk) | Q(pk__in=twins.values("pk"))).locked())
        authorise(by, company, "ADMIN")
        if verb == "accept" and not company.signatures.exists():
            raise MoveRefused("agreement_not_signed", _("The company has to accept the agreement first."))
        self._move(verb, by=by, where={"ended_at": None, "company": company.pk}, answered_at=Now(), answered_by=by)
        if verb == "accept":
            Partnership._end_all(twins, by)
        else:
            Partnership._move_all("decline", twins, by=by, answered_at=Now(), answered_by=by)
        self.invitations.all().standing().update(used_at=Now(), used_by=by, company=company)
        signals.partnership_answered.send(sender=Partnership, partnership=self, by=by)

    @classmethod
    def decline_all(cls, company, *, by) -> None:
        """The company goes: who waits for its answer gets a no, and may invite the address again."""
        waiting = cls.objects.pending().filter(Q(company=company) | Q(pk__in=cls._unresolved(company).values("pk")))
        cls._move_all("decline", waiting, by=by, answered_at=Now(), answered_by=by, company=None)

    @classmethod
    def _unresolved(cls, company):
        """Open invitations to addresses of `company` that do not show it yet."""
        return cls.objects.pending().filter(company=None, email__in=addresses_of(company))

    @classmethod
    def resolve(cls, company) -> None:
        """Show `company` the open invitations to its addresses, one a fleet. Called whenever it gets an address."""
        open_ones = cls._unresolved(company)
        theirs = {p.fleet_id: p for p in company.partnerships.live().locked()}
        for partnership in open_ones.locked():
            standing = theirs.setdefault(partnership.fleet_id, partnership)
            if standing.status == cls.Status.ACCEPTED:
                partnership._end(None)
            elif standing.status == cls.Status.DECLINED:
                standing._move("release", by=None, company=None)
                theirs[partnership.fleet_id] = standing = partnership
            if standing is partnership:
                partnership._move("resolve", by=None, where={"ended_at": None, "company": None}, company=company)

    # --- both ---------------------------------------------------------------------------------------------------------
    @transaction.atomic
    def end(self, *, by) -> None:
        """Remove the link, from either side. Open jobs go back to the fleet in the same transaction."""
        company = self.company
        if company:
            company.lock()
        self._lock()
        if self.company_id != (company and company.pk):
            raise self._refusal()
        by_the_company = self._authorise_end(by, company)
        self._end(by)
        signals.partnership_ended.send(sender=Partnership, partnership=self, by=by, by_the_company=by_the_company)
        if company and not by_the_company:
            Partnership.resolve(company)  # another address of the company may still be invited

    def _lock(self) -> None:
        """Hold this row until the transaction ends and see it as it is now."""
        self.refresh_from_db(from_queryset=Partnership.objects.locked())

    def _authorise_end(self, by, company) -> bool:
        """Whose side `by` is on: True for the company's."""
        try:
            authorise(by, self.fleet, "ADMIN", "MANAGER")
        except NotAllowed:
            if company is None:
                raise
            authorise(by, company, "ADMIN")
            return True
        return False

    def _end(self, by) -> None:
        self._move("end", by=by, where={"ended_at": None, "company": self.company_id}, ended_at=Now(), ended_by=by)
        self.invitations.all().withdraw()

    @classmethod
    def _end_all(cls, rows, by) -> list[int]:
        ended = [pk for pk, _version in cls._move_all("end", rows, by=by, ended_at=Now(), ended_by=by)]
        Invitation.objects.filter(partnership__in=ended).withdraw()
        return ended

    @classmethod
    def lock_accepted(cls, fleet, company) -> "Partnership":
        """The accepted link of the two, locked: its end waits for us, or we for it."""
        accepted = cls.objects.accepted().filter(fleet=fleet, company=company, company__suspended_at=None)
        partnership = accepted.select_for_update(of=("self",), no_key=True).first()
        if partnership is None:
            raise MoveRefused("not_a_partner", _("This company is not a partner of this fleet."))
        return partnership
