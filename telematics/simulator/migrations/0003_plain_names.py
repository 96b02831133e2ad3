"""The plain name of a field. The column keeps its own, so nothing is written."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('simulator', '0002_field_labels'),
    ]

    operations = [
        migrations.AlterField(
            model_name='simulatorlog',
            name='act',
            field=models.CharField(db_column='act', max_length=40, verbose_name='action'),
        ),
        migrations.RenameField(
            model_name='simulatorlog',
            old_name='act',
            new_name='action',
        ),
    ]
