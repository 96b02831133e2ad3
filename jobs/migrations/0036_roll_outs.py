import core.ulid
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0023_desk'),
        ('jobs', '0035_finished_jobs_of_fleet'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RollOut',
            fields=[
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                ('id', core.ulid.ULIDField(editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('target_date', models.DateField(verbose_name='target date')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('fleet', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='roll_outs', to='accounts.fleet', verbose_name='fleet')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'roll-out',
                'verbose_name_plural': 'roll-outs',
                'ordering': ['target_date', 'id'],
                'indexes': [models.Index(fields=['fleet', 'target_date', 'id'], name='roll_out_by_target')],
                'constraints': [models.UniqueConstraint(fields=('fleet', 'name'), name='roll_out_name_once', violation_error_message='The fleet already has a roll-out with this name.')],
            },
        ),
        migrations.CreateModel(
            name='RollOutEvent',
            fields=[
                ('id', core.ulid.ULIDField(editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=32, verbose_name='verb')),
                ('seq', models.PositiveIntegerField(verbose_name='sequence')),
                ('channel', models.CharField(max_length=16, verbose_name='channel')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('data', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='data')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor')),
                ('roll_out', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='jobs.rollout', verbose_name='roll-out')),
            ],
            options={
                'verbose_name': 'roll-out event',
                'verbose_name_plural': 'roll-out events',
                'ordering': ['roll_out', 'seq'],
                'constraints': [models.UniqueConstraint(fields=('roll_out', 'seq'), name='rolloutevent_once_a_version')],
            },
        ),
        migrations.AddField(
            model_name='job',
            name='roll_out',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='jobs.rollout', verbose_name='roll-out'),
        ),
        migrations.AddField(
            model_name='jobtemplate',
            name='roll_out',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='templates', to='jobs.rollout', verbose_name='roll-out'),
        ),
        migrations.AlterField(
            model_name='bulkrun',
            name='action',
            field=models.CharField(choices=[('ASSIGN', 'Bulk Assign'), ('EDIT', 'Bulk Edit'), ('DELETE', 'Bulk Delete'), ('CREATE', 'Create Multiple Jobs'), ('HANDBACK', 'Ask Back'), ('AGAIN', 'Create Again'), ('ROLL_OUT', 'Add to Roll-out')], db_column='act', max_length=8, verbose_name='action'),
        ),
    ]
