from django.contrib.admin import apps


class DeskConfig(apps.AdminConfig):
    """Django's admin app, whose site is the desk."""

    default_site = "core.web.desk.site.DeskSite"
