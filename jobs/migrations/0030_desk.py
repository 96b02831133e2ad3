from django.conf import settings
from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0023_desk'),
        ('jobs', '0029_flow_ids'),
        ('telematics', '0026_desk'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='installationtest',
            index=models.Index(condition=models.Q(('request_id', ''), _negated=True), fields=['request_id'], name='test_by_flow'),
        ),
        AddIndexConcurrently(
            model_name='job',
            index=models.Index(models.F('finished_at'), condition=models.Q(('finished_at__isnull', False)), include=('status',), name='job_finished'),
        ),
        AddIndexConcurrently(
            model_name='jobevent',
            index=models.Index(condition=models.Q(('request_id', ''), _negated=True), fields=['request_id'], name='jobevent_by_flow'),
        ),
    ]
