from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('telematics', '0028_vehicles_by_place'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='command',
            index=models.Index(condition=models.Q(('status', 'REFUSED')), fields=['key'], name='command_refused_of_key'),
        ),
    ]
