"""Notices are called notifications. The tables keep their names, so nothing is locked and nothing is copied."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MODELS = {"notice": "notification", "noticepreference": "notificationpreference"}
ACTIONS = ("add", "change", "delete", "view")


def rename_permissions(apps, schema_editor, names=MODELS):
    """Operators keep their rights: what a permission is granted to hangs on its row."""
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    for old, new in names.items():
        for action in ACTIONS:
            rows = permissions.filter(content_type__app_label="jobs", content_type__model__in=(old, new))
            if not rows.filter(codename=f"{action}_{new}").exists():
                rows.filter(codename=f"{action}_{old}").update(codename=f"{action}_{new}")


def restore_permissions(apps, schema_editor):
    rename_permissions(apps, schema_editor, {new: old for old, new in MODELS.items()})


class Migration(migrations.Migration):

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("jobs", "0012_tests_are_due"),
    ]

    operations = [
        migrations.AlterModelTable("notice", "jobs_notice"),
        migrations.AlterModelTable("noticepreference", "jobs_noticepreference"),
        migrations.RenameModel("Notice", "Notification"),
        migrations.RenameModel("NoticePreference", "NotificationPreference"),
        migrations.RunPython(rename_permissions, restore_permissions),
        migrations.AlterModelOptions(
            "notification", {"verbose_name": "notification", "verbose_name_plural": "notifications"}
        ),
        migrations.AlterModelOptions(
            "notificationpreference",
            {"verbose_name": "notification preference", "verbose_name_plural": "notification preferences"},
        ),
        migrations.AlterField(
            "notification",
            "job",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notifications",
                to="jobs.job",
            ),
        ),
        migrations.AlterField(
            "notification",
            "user",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notifications",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "notificationpreference",
            "user",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notification_preferences",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
    ]
