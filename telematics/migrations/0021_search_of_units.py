from django.db import migrations

from core.operations import PartsIndex


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('telematics', '0020_blanked_vehicles'),
    ]

    operations = [
        PartsIndex('Unit', 'fleet_id', ['qnr'], 'unit_of_fleet_by_part'),
    ]
