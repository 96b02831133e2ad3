"""The history of a partnership in sentences, newest first. Its moves are kept in its columns: who, and when."""

from collections.abc import Iterator
from operator import attrgetter

from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import Partnership
from core.values.bidi import isolated
from jobs.reading.history import Entry, in_bold

# So many earlier partnerships with the same company are listed.
EARLIER = 20


def history_of(partnership: Partnership) -> list[Entry]:
    """Two statements. What was before is shown only of a partner: until then, nobody may learn who works where."""
    entries = [*_of(partnership), *_resent(partnership)]
    if partnership.is_accepted:
        for earlier in _before(partnership):
            entries += _of(earlier)
    return sorted(entries, key=attrgetter("at"), reverse=True)


def _before(partnership: Partnership) -> list[Partnership]:
    ended = Partnership.objects.filter(
        fleet=partnership.fleet_id,
        company=partnership.company_id,
        status=Partnership.Status.ACCEPTED,
        ended_at__isnull=False,
    )
    people = ended.select_related("created_by", "answered_by", "ended_by")
    return list(people.order_by("-pk")[:EARLIER])


def _of(partnership: Partnership) -> Iterator[Entry]:
    invited = format_html(
        _("{who} invited {email}"),
        who=in_bold(partnership.created_by),
        email=isolated(partnership.email),
    )
    yield Entry(partnership.created_at, invited)
    if partnership.answered_at and partnership.is_accepted:
        accepted = format_html(
            _("{who} accepted the invitation"), who=in_bold(partnership.answered_by)
        )
        yield Entry(partnership.answered_at, accepted)
    elif partnership.answered_at:
        # Without a name: who answers for a company is known of partners alone.
        yield Entry(partnership.answered_at, _("The invitation was declined"))
    if partnership.ended_at:
        ended = format_html(_("{who} ended the partnership"), who=in_bold(partnership.ended_by))
        yield Entry(partnership.ended_at, ended)


def _resent(partnership: Partnership) -> Iterator[Entry]:
    """The last time that a link was sent again."""
    for invitation in partnership.invitations.order_by("-pk")[:1]:
        if (invitation.sent_at - partnership.created_at).total_seconds() > 1:
            yield Entry(invitation.sent_at, _("The link was sent again"))
