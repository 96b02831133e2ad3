import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0024_job_numbers'),
        ('jobs', '0032_jobs_by_place'),
        ('telematics', '0028_vehicles_by_place'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JobCounter',
            fields=[
                ('fleet', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='accounts.fleet', verbose_name='fleet')),
                ('last', models.PositiveIntegerField(verbose_name='last job number')),
            ],
            options={
                'verbose_name': 'counter of jobs',
                'verbose_name_plural': 'counters of jobs',
            },
        ),
        migrations.AddField(
            model_name='job',
            name='number',
            field=models.PositiveIntegerField(blank=True, db_default=None, default=None, editable=False, null=True, verbose_name='job number'),
        ),
    ]
