from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('jobs', '0036_roll_outs'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='job',
            index=models.Index(models.F('fleet'), models.F('roll_out'), models.F('kind'), models.F('id'), condition=models.Q(('roll_out__isnull', False)), include=('status',), name='job_fleet_of_roll_out'),
        ),
    ]
