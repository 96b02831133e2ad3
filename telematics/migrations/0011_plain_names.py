"""The plain name of a field. The column keeps its own, so nothing is written."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('telematics', '0010_search_column_of_any_length'),
    ]

    operations = [
        migrations.AlterField(
            model_name='key',
            name='told_until',
            field=models.DateTimeField(blank=True, db_column='told_until', null=True, verbose_name='known to the unit until'),
        ),
        migrations.RenameField(
            model_name='key',
            old_name='told_until',
            new_name='delivered_until',
        ),
    ]
