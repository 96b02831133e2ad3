from django.db import migrations, models

from core.operations import AddUniqueConcurrently


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('accounts', '0024_job_numbers'),
    ]

    operations = [
        AddUniqueConcurrently(
            model_name='fleet',
            constraint=models.UniqueConstraint(condition=models.Q(('job_prefix', ''), _negated=True), fields=('provider', 'job_prefix'), name='fleet_job_prefix_once'),
        ),
    ]
