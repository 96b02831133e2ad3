from django.db import migrations, models

from core.operations import AddIndexConcurrently, AddUniqueConcurrently


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('jobs', '0033_job_numbers'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='job',
            index=models.Index(condition=models.Q(('number', None)), fields=['fleet', 'id'], name='job_unnumbered'),
        ),
        AddUniqueConcurrently(
            model_name='job',
            constraint=models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('number', 'fleet'), name='job_number_once'),
        ),
    ]
