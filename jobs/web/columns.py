"""Columns of tables of jobs."""

from typing import Any

from django.utils.translation import gettext as _

from core.web.lists.columns import Column, Row


class FeatureColumn(Column):
    """On, off, or left to the installer."""

    isolates = False

    def plain(self, value: Any, row: Row) -> str:
        if value is None:
            return _("installer decides")
        return _("on") if value else _("off")

    cell = plain
