"""Plain names of fields and of a model. Tables and columns keep theirs; rights are renamed with the model."""

import django.db.models.deletion
from django.db import migrations, models


def rename_rights(apps, schema_editor):
    rights = apps.get_model('auth', 'Permission').objects.using(schema_editor.connection.alias)
    for right in rights.filter(content_type__app_label='accounts', codename__endswith='_operatoract'):
        right.codename += 'ion'
        right.save(update_fields=['codename'])


def rename_rights_back(apps, schema_editor):
    rights = apps.get_model('auth', 'Permission').objects.using(schema_editor.connection.alias)
    for right in rights.filter(content_type__app_label='accounts', codename__endswith='_operatoraction'):
        right.codename = right.codename.removesuffix('ion')
        right.save(update_fields=['codename'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_one_form_of_addresses'),
    ]

    operations = [
        migrations.AlterField(
            model_name='company',
            name='new_email_asked_at',
            field=models.DateTimeField(blank=True, db_column='new_email_asked_at', editable=False, null=True),
        ),
        migrations.RenameField(
            model_name='company',
            old_name='new_email_asked_at',
            new_name='new_email_requested_at',
        ),
        migrations.AlterField(
            model_name='company',
            name='demand_second_factor',
            field=models.BooleanField(db_column='demand_second_factor', default=False, verbose_name='require two-factor authentication'),
        ),
        migrations.RenameField(
            model_name='company',
            old_name='demand_second_factor',
            new_name='require_second_factor',
        ),
        migrations.AlterField(
            model_name='fleet',
            name='demand_second_factor',
            field=models.BooleanField(db_column='demand_second_factor', default=False, verbose_name='require two-factor authentication'),
        ),
        migrations.RenameField(
            model_name='fleet',
            old_name='demand_second_factor',
            new_name='require_second_factor',
        ),
        migrations.AlterModelTable(
            name='operatoract',
            table='accounts_operatoract',
        ),
        migrations.RenameModel(
            old_name='OperatorAct',
            new_name='OperatorAction',
        ),
        migrations.RunPython(rename_rights, rename_rights_back),
        migrations.AlterField(
            model_name='operatoraction',
            name='company',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='operator_actions', to='accounts.company', verbose_name='company'),
        ),
        migrations.AlterField(
            model_name='operatoraction',
            name='fleet',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='operator_actions', to='accounts.fleet', verbose_name='fleet'),
        ),
    ]
