import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from core import startup
from core.postgresql.limits import limit_statements

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    application = get_wsgi_application()
except ImproperlyConfigured as nonsense:
    sys.exit(f"Settings: {nonsense}")
if fault := startup.fault():
    sys.exit(f"Settings: {fault}")
limit_statements(settings.DATABASE_STATEMENT_TIMEOUT)
