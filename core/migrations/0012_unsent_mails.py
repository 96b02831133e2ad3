from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('core', '0011_content_as_text'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='mail',
            index=models.Index(condition=models.Q(('status', 'SENT'), _negated=True), fields=['status'], name='mail_unsent'),
        ),
    ]
