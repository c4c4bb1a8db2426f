"""Settings, all by environment. docs/deploy.md says what each one is for.

Without DATABASE_URL the environment that `manage.py demo` left under var/ is read,
so that every command works against a demo that is running.
"""

import logging
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
# Where a stack on this machine keeps its data, its logs and its addresses.
STACK_FOLDER = env.path("STACK_FOLDER", BASE_DIR / "var")
if "DATABASE_URL" not in os.environ:
    env.read_env(str(STACK_FOLDER / "stack.env"), recurse=False)

SECRET_KEY = env.str("SECRET_KEY", "")
DEBUG = False
DEMO = env.bool("DEMO", False)

PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_BASE_URL)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [_public.hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

# The settings that only https makes sense of follow from the public address.
HTTPS = _public.scheme == "https"
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^health$"]
if env.bool("TRUST_PROXY_HEADERS", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    # Before the administration, whose frame it fills in.
    "monitor.dashboard.apps.DashboardConfig",
    "monitor.dashboard.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # For indexes with an operator class.
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "js_lib_bootstrap5",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "patients",
    "notifications",
    "monitor",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "monitor.dashboard.idle.IdleMiddleware",
    "monitor.dashboard.attribution.AttributionMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # The last: it turns the answer into "locked".
    "axes.middleware.AxesMiddleware",
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

ROOT_URLCONF = "monitor.urls"
WSGI_APPLICATION = "monitor.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL",
        "postgresql://database-url-is-not-set.invalid/spinewatch",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        # A machine that has vanished must not hold its rows, nor be waited for.
        "options": "-c idle_in_transaction_session_timeout=15s",
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": 15_000,
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Holds what allauth counts, and codes that were used: for all processes, without the broker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "monitor_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# A session that nobody touches ends; the page warns before, and keeps what was written.
IDLE_SECONDS = env.float("IDLE_MINUTES", 15.0) * 60
IDLE_WARNING_SECONDS = min(120.0, IDLE_SECONDS / 2)
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "worklist"
LOGOUT_REDIRECT_URL = "sign-in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Staff give a second factor. Only the demo, which runs on this machine alone, does without.
SECOND_FACTOR = not DEMO
ACCOUNT_ADAPTER = "monitor.dashboard.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_SESSION_REMEMBER = False
# How long a proof of who one is counts for an export or a change of factors.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Wrong passwords and codes are counted by axes, in the database and across processes.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "second_factor_code": "10/15m/key",
}
# What encrypts the secrets of second factors: Fernet keys, the first encrypts, all decrypt.
MFA_KEYS: list[str] = [key.strip() for key in env.list("MFA_KEYS", [], subcast=str)]
MFA_ADAPTER = "monitor.dashboard.accounts.MFAAdapter"
MFA_FORMS = {
    "authenticate": "monitor.dashboard.codes.SignInCode",
    "reauthenticate": "monitor.dashboard.codes.ConfirmingCode",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = timedelta(days=30)
# Browsers hand out passkeys on plain http to this machine alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "monitor.dashboard.lockout.locked"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "code", "credential"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", STACK_FOLDER / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", "")
TWILIO_API_BASE_URL = env.str("TWILIO_API_BASE_URL", "").rstrip("/")
# Where a rehearsal runs its own stand-in for Twilio; the workers must reach it there.
REHEARSAL_API_BASE_URL = env.str("REHEARSAL_API_BASE_URL", "http://127.0.0.1:8190").rstrip("/")
TWILIO_TIMEOUT_SECONDS = env.float("TWILIO_TIMEOUT_SECONDS", 10.0)

# Pages by e-mail go through this server; none is set unless the clinic names one.
_mail = env.dj_email_url("EMAIL_URL", "smtp://")
EMAIL_HOST = _mail["EMAIL_HOST"] if env.str("EMAIL_URL", "") else ""
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = bool(_mail.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT_SECONDS", 4.0)
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", f"spinewatch@{_public.hostname}")
PAGERDUTY_EVENTS_URL = env.str(
    "PAGERDUTY_EVENTS_URL", "https://events.pagerduty.com/v2/enqueue"
)

REDIS_URL = env.str("REDIS_URL", "redis://redis-url-is-not-set.invalid:6379/0")
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 5.0)
# How often the provider is asked for texts that its webhooks did not bring.
FETCH_SECONDS = env.float("FETCH_SECONDS", 15.0)

# How often it is looked for what is stuck, and the outside told that all is well.
WATCH_SECONDS = env.float("WATCH_SECONDS", 15.0)
HEARTBEAT_SECONDS = env.float("HEARTBEAT_SECONDS", 60.0)
HEARTBEAT_URL = env.str("HEARTBEAT_URL", "")
HEARTBEAT_METHOD = env.str("HEARTBEAT_METHOD", "POST").upper()
HEARTBEAT_TIMEOUT_SECONDS = env.float("HEARTBEAT_TIMEOUT_SECONDS", 5.0)
HEARTBEAT_TRIES = env.int("HEARTBEAT_TRIES", 3)
# Work that nobody has begun for longer stands still.
HEALTH_TICK_SECONDS = env.float("HEALTH_TICK_SECONDS", 60.0)

# Calendars of rotas are fetched from the public Internet only, unless this is set.
CALENDAR_IMPORT_ALLOW_PRIVATE = env.bool("CALENDAR_IMPORT_ALLOW_PRIVATE", False)

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker waits for a broker that is away for as long as it takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A nudge that cannot be published within a second is dropped: the sweep finds the row.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "chores"
CELERY_TASK_ROUTES = {
    "notifications.tasks.send_page_text": {"queue": "pages"},
    "notifications.tasks.sweep_pages": {"queue": "pages"},
    "notifications.tasks.sweep_relays": {"queue": "pages"},
    "monitor.tasks.handle_inbound": {"queue": "pages"},
    "monitor.tasks.sweep_inbound": {"queue": "pages"},
    "notifications.tasks.send_text": {"queue": "messages"},
    "notifications.tasks.sweep_texts": {"queue": "messages"},
}
# A sweep that no worker took before the next one is due has nothing left to add.
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": name,
        "schedule": seconds,
        "options": {"expires": seconds * 2},
    }
    for name, seconds in (
        ("monitor.tasks.sweep_inbound", SWEEP_SECONDS),
        ("notifications.tasks.sweep_pages", SWEEP_SECONDS),
        ("notifications.tasks.sweep_relays", SWEEP_SECONDS),
        ("notifications.tasks.sweep_texts", SWEEP_SECONDS),
        ("notifications.tasks.fetch_lost_texts", FETCH_SECONDS),
        ("notifications.tasks.sweep_rota", SWEEP_SECONDS),
        ("notifications.tasks.sweep_readiness", SWEEP_SECONDS),
        ("notifications.tasks.fetch_calendars", FETCH_SECONDS),
        ("monitor.tasks.sweep_follow_up", SWEEP_SECONDS),
        ("monitor.tasks.watch", WATCH_SECONDS),
        ("monitor.tasks.send_heartbeat", HEARTBEAT_SECONDS),
    )
}
CELERY_BEAT_SCHEDULER = "monitor.beat.Scheduler"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.log_level("LOG_LEVEL", logging.INFO)},
    # Request and response bodies hold phone numbers and texts.
    "loggers": {
        "twilio": {"level": "WARNING"},
        # They log which letters a document holds.
        "fontTools": {"level": "WARNING"},
        "fpdf": {"level": "WARNING"},
        # It logs addresses, which hold tokens.
        "apprise": {"level": "CRITICAL"},
        "django.server": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
