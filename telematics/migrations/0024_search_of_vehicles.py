from django.db import migrations

from core.operations import LimitPendingList, PartsIndex, RemoveTrigramIndex


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('telematics', '0023_fleets_of_custodies'),
    ]

    operations = [
        PartsIndex('Vehicle', 'fleet_id', ['search'], 'vehicle_of_fleet_by_part'),
        RemoveTrigramIndex('Vehicle', 'search', 'vehicle_search_trigrams'),
        LimitPendingList('Vehicle', 'vehicle_of_fleet_by_members'),
        LimitPendingList('Unit', 'unit_of_fleet_by_part'),
    ]
