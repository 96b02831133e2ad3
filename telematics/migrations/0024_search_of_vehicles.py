from django.db import migrations, models

from core.operations import AddIndexConcurrently, LimitPendingList, PartsIndex, RemoveTrigramIndex


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('telematics', '0023_fleets_of_custodies'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='vehicle',
            index=models.Index(condition=models.Q(('archived_at__isnull', False), ('blanked_at__isnull', True)), fields=['archived_at'], name='vehicle_to_blank'),
        ),
        PartsIndex('Vehicle', 'fleet_id', ['search'], 'vehicle_of_fleet_by_part'),
        RemoveTrigramIndex('Vehicle', 'search', 'vehicle_search_trigrams'),
        LimitPendingList('Vehicle', 'vehicle_of_fleet_by_members'),
        LimitPendingList('Unit', 'unit_of_fleet_by_part'),
    ]
