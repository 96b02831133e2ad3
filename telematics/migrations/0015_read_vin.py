import core.vocabulary
from core.operations import AddConstraintForNewRows, RemoveConstraintKeepingRows
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('telematics', '0014_key_of_a_client'),
    ]

    operations = [
        RemoveConstraintKeepingRows(
            model_name='vehiclemodel',
            name='vehicle_model_capabilities_known',
        ),
        AddConstraintForNewRows(
            model_name='vehiclemodel',
            constraint=core.vocabulary.ClosedVocabulary(condition=models.Q(core.vocabulary.OnlyWords('capabilities', ['ignition', 'central_lock', 'driving_enabled', 'doors', 'key_fob', 'mileage_in_kilometers', 'state_of_charge_or_fuel_level_in_percent', 'board_voltage', 'speed_in_kilometers_per_hour', 'position', 'cellular_signal_quality', 'bluetooth_connected', 'alarm_input', 'immobilizer', 'key_holder', 'vin'])), name='vehicle_model_capabilities_known'),
        ),
    ]
