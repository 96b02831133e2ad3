from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('telematics', '0027_places'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='vehicle',
            index=models.Index(condition=models.Q(('place__isnull', False)), fields=['fleet', 'place', 'created_at', 'vehicle_id'], name='vehicle_of_fleet_by_place'),
        ),
    ]
