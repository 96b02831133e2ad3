from core.operations import AddUniqueConcurrently, RemoveUniqueConcurrently
from django.db import migrations, models


def name_systems_own(apps, schema_editor):
    """Open ones alone: they are few, and the index counts them. A task sets the kind of those that have ended."""
    Key = apps.get_model('telematics', 'Key')
    Key.objects.using(schema_editor.connection.alias).filter(ended_at=None, holder=None).update(kind='SYSTEM')


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('telematics', '0006_kind_of_a_key'),
    ]

    operations = [
        migrations.RunPython(name_systems_own, migrations.RunPython.noop, elidable=True),
        AddUniqueConcurrently(
            model_name='key',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('kind', 'PERSON')), fields=('vehicle',), name='key_one_open_of_a_person'),
        ),
        RemoveUniqueConcurrently(
            model_name='key',
            name='key_one_open_per_vehicle',
        ),
    ]
