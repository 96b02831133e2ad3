from django.conf import settings
from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0023_desk'),
        ('telematics', '0025_cheaper_changes_of_vehicles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='command',
            index=models.Index(condition=models.Q(('request_id', ''), _negated=True), fields=['request_id'], name='command_by_flow'),
        ),
        AddIndexConcurrently(
            model_name='vehicleevent',
            index=models.Index(condition=models.Q(('request_id', ''), _negated=True), fields=['request_id'], name='vehicleevent_by_flow'),
        ),
    ]
