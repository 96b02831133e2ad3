from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('telematics', '0005_simulator_is_its_own_app'),
    ]

    operations = [
        migrations.AddField(
            model_name='key',
            name='kind',
            field=models.CharField(choices=[('PERSON', 'Installer'), ('STAFF', 'Fleet'), ('CLIENT', 'API client'), ('SYSTEM', 'System')], db_default='PERSON', default='PERSON', max_length=6, verbose_name='kind'),
        ),
    ]
