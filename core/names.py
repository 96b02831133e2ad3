"""Fields that are called by their attribute: these words in the reader's language, for the operators' pages."""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES = {
    "access stopped at": _("access stopped at"),
    "actor": _("actor"),
    "again of": _("again of"),
    "agreement": _("agreement"),
    "answered at": _("answered at"),
    "answered by": _("answered by"),
    "assigned at": _("assigned at"),
    "assignee": _("assignee"),
    "at": _("at"),
    "body hash": _("body hash"),
    "channel": _("channel"),
    "client": _("client"),
    "code": _("code"),
    "company": _("company"),
    "configuration": _("configuration"),
    "count": _("count"),
    "created at": _("created at"),
    "created by": _("created by"),
    "data": _("data"),
    "ended by": _("ended by"),
    "error": _("error"),
    "finished at": _("finished at"),
    "fleet": _("fleet"),
    "fleet id": _("fleet ID"),
    "holder": _("holder"),
    "id": _("ID"),
    "is active": _("active"),
    "job": _("job"),
    "key": _("key"),
    "object id": _("ID of the object"),
    "operator": _("operator"),
    "partner id": _("partner ID"),
    "partnership": _("partnership"),
    "path": _("path"),
    "planned": _("planned"),
    "planned unit": _("planned unit"),
    "principal": _("principal"),
    "provider": _("provider"),
    "provider id": _("provider ID"),
    "read at": _("read at"),
    "reason": _("reason"),
    "request id": _("request ID"),
    "requested at": _("requested at"),
    "requested by": _("requested by"),
    "reserved for": _("reserved for"),
    "seq": _("sequence"),
    "setup": _("setup"),
    "started at": _("started at"),
    "status": _("status"),
    "taken at": _("taken at"),
    "unit": _("unit"),
    "user": _("user"),
    "vehicle": _("vehicle"),
    "vehicle model": _("vehicle model"),
    "verb": _("verb"),
    "version": _("version"),
    "voided at": _("voided at"),
}


def translate_fields():
    """What a model states itself stays; migrations do not see this."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if not isinstance(field.verbose_name, Promise):
                field.verbose_name = NAMES.get(field.verbose_name, field.verbose_name)
