from django.db import migrations

from core.operations import LimitPendingList


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0027_jobs_by_status'),
    ]

    operations = [
        LimitPendingList('Job', 'job_search_trigrams'),
    ]
