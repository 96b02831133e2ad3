from django.db import migrations, models

# Who was in the demo world before its logins had a flag. Domains in .example belong to nobody.
LOGINS = [
    'admin@appdrive.example',
    'manager@appdrive.example',
    'viewer@appdrive.example',
    'garage@appdrive.example',
    'admin@quickinstall.example',
    'installer1@quickinstall.example',
    'installer2@quickinstall.example',
    'manager@otherfleet.example',
    'admin@otherco.example',
    'installer@otherco.example',
    'operator@demo.example',
]
CLIENT = 'appdrive-demo'


def flag(apps, _schema_editor):
    """Also where the demo world was built beside real data: its logins, whose password is known, end there."""
    apps.get_model('accounts', 'User').objects.filter(email__in=LOGINS).update(is_demo=True)
    apps.get_model('accounts', 'ApiClient').objects.filter(client_id=CLIENT).update(is_demo=True)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_suspended_by_its_method'),
    ]

    operations = [
        migrations.AddField(
            model_name='apiclient',
            name='is_demo',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='client of the demo world'),
        ),
        migrations.AddField(
            model_name='user',
            name='is_demo',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='demo login'),
        ),
        migrations.RunPython(flag, migrations.RunPython.noop, elidable=True),
    ]
