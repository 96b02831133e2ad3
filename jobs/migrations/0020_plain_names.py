"""Plain names of fields. The columns keep theirs, so nothing is written."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0019_assignment'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='bulkrun',
            options={'ordering': ['-id'], 'verbose_name': 'bulk action', 'verbose_name_plural': 'bulk actions'},
        ),
        migrations.AlterModelOptions(
            name='bulkrunjob',
            options={'verbose_name': 'job of a bulk action', 'verbose_name_plural': 'jobs of bulk actions'},
        ),
        migrations.AlterField(
            model_name='bulkrun',
            name='looked_at',
            field=models.PositiveIntegerField(db_column='looked_at', default=0),
        ),
        migrations.RenameField(
            model_name='bulkrun',
            old_name='looked_at',
            new_name='processed',
        ),
        migrations.AlterField(
            model_name='bulkrun',
            name='act',
            field=models.CharField(choices=[('ASSIGN', 'Bulk Assign'), ('EDIT', 'Bulk Edit'), ('DELETE', 'Bulk Delete'), ('CREATE', 'Create Multiple Jobs'), ('HANDBACK', 'Ask Back'), ('AGAIN', 'Create Again')], db_column='act', max_length=8, verbose_name='action'),
        ),
        migrations.RenameField(
            model_name='bulkrun',
            old_name='act',
            new_name='action',
        ),
    ]
