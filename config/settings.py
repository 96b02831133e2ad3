"""The settings. What differs between places comes from the environment (config/given.py, docs/operations.md)."""

from django.utils.translation import gettext_lazy as _

from config import apis, data, logs
from config.browser import CONTENT_SECURITY_POLICY  # noqa: F401 - a setting
from config.environment import BASE_DIR
from config.given import KNOWN_DEMO_PASSWORD, of_this_process  # noqa: F401 - the first is a setting

given = of_this_process()

# --- where and as what ------------------------------------------------------------------------------------------------
VAR_DIR = given.var_dir
DEBUG = given.debug
WORLD_FILE = given.world_file  # written by the first start: "demo" or "empty"
DATABASE_GIVEN = given.stores.is_database_given
DEMO = given.demo
DEMO_PASSWORD = given.demo_password
SECRET_KEY = given.secret_key
SECRET_KEY_FALLBACKS = given.former_secret_keys
FIELD_KEYS = given.field_keys

_base = given.web.base_url
BASE_URL = _base.geturl()
HTTPS = given.web.is_https
ALLOWED_HOSTS = sorted(
    {str(_base.hostname), "localhost", "127.0.0.1", "[::1]", *given.web.allowed_hosts}
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
METRICS_PREFIX = "installer_jobs"
METRICS_TOKEN = given.metrics_token
SENTRY_DSN = given.monitors.sentry_dsn
OTEL_EXPORTER_OTLP_ENDPOINT = given.monitors.otlp_endpoint
WEB_WORKERS = given.web.workers
TRUSTED_PROXIES = given.web.trusted_proxies

# --- vehicles ---------------------------------------------------------------------------------------------------------
SIMULATOR = "telematics.simulator.gateway.SimulatorGateway"
# Outside demo mode there is no default: telematics/checks.py refuses to start without one.
TELEMATICS_GATEWAY = given.gateway or (SIMULATOR if DEMO else "")
TELEMATICS_TIME_SCALE = given.time_scale
# Whether the vehicles of the demo fleet drive, charge and are out of reach by themselves.
DEMO_TRAFFIC = DEMO and given.demo_traffic
# Without a gateway nothing serves, but `migrate` prepares the database for the simulator, which `up` may choose.
SIMULATED = DEMO or not TELEMATICS_GATEWAY or TELEMATICS_GATEWAY.startswith("telematics.simulator.")

# --- what is installed ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "core.web.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "csp",
    "django_structlog",
    "config",
    "core",
    "accounts",
    "telematics",
    "jobs",
    "fleetcontrol",
    "installers",
    "demo",
]
if SIMULATED:
    INSTALLED_APPS.insert(INSTALLED_APPS.index("telematics") + 1, "telematics.simulator")
MIDDLEWARE = [
    "core.web.measuring.MeasuringMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.compression.ApiCompressionMiddleware",
    "core.web.request_log.RequestLogMiddleware",
    "core.web.middleware.ContextMiddleware",
    "core.web.middleware.ProbeMiddleware",
    "csp.middleware.CSPMiddleware",
    "installers.smartcontrol.middleware.BuildMiddleware",
    "accounts.sign_in.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ReaderMiddleware",
    "accounts.middleware.NoStoreMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sign_in.middleware.SignInMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.OperatorMiddleware",
    "core.web.middleware.RefusalMiddleware",
]
if OTEL_EXPORTER_OTLP_ENDPOINT:
    MIDDLEWARE.insert(
        MIDDLEWARE.index("core.web.middleware.ProbeMiddleware") + 1,
        "config.tracing.TracingMiddleware",
    )
ROOT_URLCONF = "config.urls"
CSRF_FAILURE_VIEW = "core.web.csrf.failure"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["core.web.templates.Loader", "django.template.loaders.app_directories.Loader"],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jobs.views.bell.bell",
            ],
            # With names from right to left isolated in sentences.
            "libraries": {"i18n": "core.templatetags.sentences"},
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- data -------------------------------------------------------------------------------------------------------------
DATABASES = {"default": given.stores.database}
DATABASE_STATEMENT_TIMEOUT = given.stores.statement_timeout
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
VALKEY_SOCKET = given.stores.valkey_socket
BROKER_URL = given.stores.broker_url
CACHE_URL = given.stores.cache_url
CACHES = {"default": data.cache(CACHE_URL), "parts": data.PARTS}

MAIL_DIR = VAR_DIR / "mail"
EMAIL_BACKEND, EMAIL_FILE_PATH = "core.mail.folder.MailFolder", str(MAIL_DIR)
vars().update(given.mails.server)
EMAIL_TIMEOUT = 20
INVITATIONS_PER_DAY = given.mails.invitations_per_day
MAILS_TO_AN_ADDRESS_PER_DAY = given.mails.to_an_address_per_day
ADDRESS_CHANGES_PER_DAY = given.mails.address_changes_per_day
MAIL_BOUNCES_FROM = given.mails.bounces_from
ANYMAIL = given.mails.webhooks
DEFAULT_FROM_EMAIL = SERVER_EMAIL = given.mails.sender

# --- files that operators import -------------------------------------------------------------------------------------
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# --- what users have us call ------------------------------------------------------------------------------------------
OUTBOUND_FORBIDDEN = given.outbound.forbidden
OUTBOUND_ALLOWED = given.outbound.allowed
OUTBOUND_NAMESERVERS = given.outbound.nameservers
OUTBOUND_CA_FILE = given.outbound.ca_file
OUTBOUND_USER_AGENT = "Installer-Jobs"

# --- work in the background -------------------------------------------------------------------------------------------
CELERY_BROKER_URL = BROKER_URL
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = ["config.celery.queue_of"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 2,
    "interval_start": 0,
    "interval_step": 0.5,
    "interval_max": 0.5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = data.BROKER_TIMEOUT
CELERY_BROKER_POOL_LIMIT = 10
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A connection that is gone without a word is noticed after twice as many seconds; by default after four minutes.
CELERY_BROKER_HEARTBEAT = 20
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# After a lost connection Celery would fetch less, and more again as tasks end. The thread of the task tells the broker
# and reads its reply, while the worker's loop reads from the same connection: each takes what is meant for the other.
CELERY_WORKER_ENABLE_PREFETCH_COUNT_REDUCTION = False
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BEAT_SCHEDULER = "config.schedule:Schedule"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BROKER_TRANSPORT_OPTIONS = data.broker_options(BROKER_URL)

# --- messages to event consumers --------------------------------------------------------------------------------------
# Without these URLs there are no AMQP queues; the other channels need none.
MESSAGES_AMQP_URL = given.messages.amqp_url
MESSAGES_MANAGEMENT_URL = given.messages.management_url

# --- who may come in --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "accounts.secrets.SecretHasher",  # of API clients alone
]
_validators = ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"} for name in _validators
]
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = ACCOUNT_EMAIL_NOTIFICATIONS = ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "add_email": "accounts.sign_in.forms.AddEmailForm",
    "login": "accounts.sign_in.forms.LoginForm",
    "reset_password": "accounts.sign_in.forms.ResetPasswordForm",
}
# Counted by account and place instead: accounts/sign_in/limits.py.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": None,
    "reset_password_from_key": None,
}
MFA_RATE_LIMITS = {"webauthn_login": None}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _base.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.tokens.AppTokenStrategy"  # noqa: S105 - a class
OPERATORS_NEED_SECOND_FACTOR = given.operators_need_second_factor
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Installer Jobs"
MFA_TOTP_TOLERANCE = 1  # who types a code at its last second: RFC 6238, 5.2 allows for one step
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

# --- APIs -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = apis.REST_FRAMEWORK
SPECTACULAR_SETTINGS = apis.SPECTACULAR_SETTINGS

# --- the browser's side -----------------------------------------------------------------------------------------------
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
# A browser keeps it: one hour at first, raised by HSTS_SECONDS. Other hosts of the domain decide for themselves.
SECURE_HSTS_SECONDS = given.web.hsts_seconds if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = [
    *("security.W005", "security.W021"),  # they require subdomains and preload
    "templates.W003",  # our library `i18n` has the name of Django's on purpose
]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_ENGINE = "accounts.sign_in.sessions"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "photos": given.stores.photos,
    "staticfiles": {"BACKEND": "core.web.static_files.StaticFiles"},
}
MEDIA_ROOT = VAR_DIR / "media"

# --- words and time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"

# --- logs -------------------------------------------------------------------------------------------------------------
LOG_LEVEL = given.log_level
LOGGING = logs.configure(LOG_LEVEL)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = 10
