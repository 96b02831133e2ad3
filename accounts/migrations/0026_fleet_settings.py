import core.ulid
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0025_job_prefix_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='fleet',
            name='csv_separator',
            field=models.CharField(blank=True, choices=[('COMMA', 'comma'), ('SEMICOLON', 'semicolon'), ('TAB', 'tab')], db_default='', default='', help_text="Of exported files. Automatic: what spreadsheets in the reader's language expect. An import reads each of them.", max_length=9, verbose_name='CSV separator'),
        ),
        migrations.AddField(
            model_name='fleet',
            name='language',
            field=models.CharField(blank=True, choices=[('en', 'English'), ('de', 'German')], db_default='', default='', help_text='Of mails to people without an account, and of messages to chats. Automatic: the language of the person who invites or set it up.', max_length=8, verbose_name='language'),
        ),
        migrations.CreateModel(
            name='FleetEvent',
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
                ('fleet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='accounts.fleet', verbose_name='fleet')),
            ],
            options={
                'verbose_name': 'fleet event',
                'verbose_name_plural': 'fleet events',
                'ordering': ['fleet', 'seq'],
                'indexes': [models.Index(condition=models.Q(('request_id', ''), _negated=True), fields=['request_id'], name='fleetevent_by_flow')],
                'constraints': [models.UniqueConstraint(fields=('fleet', 'seq'), name='fleetevent_once_a_version')],
            },
        ),
    ]
