from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('jobs', '0031_place_of_job'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='job',
            index=models.Index(models.F('fleet'), models.F('place'), models.F('kind'), models.F('id'), condition=models.Q(('place__isnull', False)), include=('status',), name='job_fleet_of_place'),
        ),
    ]
