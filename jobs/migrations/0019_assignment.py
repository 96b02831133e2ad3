from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery


def number_those_under_way(apps, schema_editor):
    """Only RUNNING jobs have an assignment; these are few, and one statement writes them."""
    takes = apps.get_model("jobs", "JobEvent").objects.filter(job=OuterRef("pk"), verb="take")
    last = takes.order_by().values("job").annotate(last=Max("seq")).values("last")
    running = apps.get_model("jobs", "Job").objects.filter(status="RUNNING")
    running.update(assignment=Subquery(last))


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0018_ask_back_create_again_and_bell"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="assignment",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(number_those_under_way, migrations.RunPython.noop),
    ]
