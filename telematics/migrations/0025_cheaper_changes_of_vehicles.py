import django.db.models.deletion
from django.db import migrations, models

from core.operations import RemoveColumnIndex, VacuumAfter


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0021_lanes_of_webhooks'),
        ('telematics', '0024_search_of_vehicles'),
    ]

    operations = [
        RemoveColumnIndex(
            model_name='vehicle',
            name='fleet',
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name='vehicles',
                to='accounts.fleet',
                verbose_name='fleet',
            ),
        ),
        VacuumAfter('Vehicle', 20_000),
    ]
