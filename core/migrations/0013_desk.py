from django.db import migrations, models

from core.operations import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('core', '0012_unsent_mails'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='failure',
            index=models.Index(condition=models.Q(('count__gte', 5)), fields=['-last_at'], name='failure_given_up'),
        ),
        AddIndexConcurrently(
            model_name='mail',
            index=models.Index(fields=['to', '-id'], name='mail_by_address'),
        ),
        AddIndexConcurrently(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('flow_id', ''), _negated=True), fields=['flow_id'], name='message_by_flow'),
        ),
    ]
