"""The data of a person as a file."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.models.personal_data import personal_data


def as_file(user: User) -> HttpResponse:
    content = {"exported_at": timezone.now(), **personal_data(user)}
    text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    name = f"personal-data-{timezone.localdate()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json", headers=headers)
