from django.db import migrations, models

from core.operations import AddIndexConcurrently, MembersIndex


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('telematics', '0017_lists_of_vehicles'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='vehicle',
            index=models.Index(condition=models.Q(('unit__isnull', False)), fields=['fleet', 'unit'], name='vehicle_of_fleet_by_unit'),
        ),
        MembersIndex('Vehicle', 'fleet_id', ['tags', 'custom_fields'], 'vehicle_of_fleet_by_members'),
    ]
