from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('jobs', '0034_job_number_once'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='job',
            index=models.Index(models.F('fleet'), models.F('finished_at'), condition=models.Q(('finished_at__isnull', False)), include=('status',), name='job_fleet_finished'),
        ),
    ]
