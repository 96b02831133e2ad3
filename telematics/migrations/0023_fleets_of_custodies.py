from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Until now the fleet of a custody was that of its unit."""
    units = apps.get_model('telematics', 'Unit').objects.filter(pk=OuterRef('unit'))
    custodies = apps.get_model('telematics', 'Custody').objects.filter(fleet=None)
    custodies.update(fleet=Subquery(units.values('fleet')[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('telematics', '0022_fleet_of_custody'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
