from django.db import migrations


class Migration(migrations.Migration):
    """Only the state: the tables stay, with their rows, and belong to `simulator`, which may be installed or not."""

    dependencies = [
        ('telematics', '0004_configurations_in_order'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name='SimulatedUnit'),
                migrations.DeleteModel(name='SimulatorLog'),
            ],
        ),
    ]
