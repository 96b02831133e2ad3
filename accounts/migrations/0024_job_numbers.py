from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0023_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='fleet',
            name='former_job_prefixes',
            field=models.TextField(blank=True, db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='fleet',
            name='job_prefix',
            field=models.CharField(blank=True, db_default='', default='', max_length=4, verbose_name='prefix of job numbers'),
        ),
    ]
