from django.db import migrations
from django.utils import timezone

TEXT = """\
Non-disclosure agreement between the mobility providers on this platform and your company.

1. Your company and its people learn data of vehicles, fleets and their customers through this platform: identities of vehicles, their places and states, contacts, instructions. They use it for the jobs assigned to them and for nothing else.
2. They keep this data secret from everybody who does not need it for the job, during the partnership and after it.
3. Access to a vehicle is personal, lasts as long as the job, and is recorded. Nobody lends an account or a key, and nobody opens or moves a vehicle without a job that calls for it.
4. Pictures are taken of the work, not of people, papers or belongings.
5. Whoever notices that data or access got into wrong hands tells the provider at once.
6. When the work is done, your company keeps its own record of it and no copy of anything else.
"""


def publish(apps, schema_editor):
    apps.get_model("accounts", "Agreement").objects.create(version=1, text=TEXT, published_at=timezone.now())


class Migration(migrations.Migration):
    """Registering asks for an agreement, so there is one from the start; operators publish their own versions after it."""

    dependencies = [("accounts", "0002_api_client")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
