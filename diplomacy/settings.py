"""One settings file, from the environment. docs/operations.md lists every variable."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

from diplomacy.schedule import WORK
from diplomacy.schema_names import SCHEMA_NAMES

# So that strict types may be written as they are checked: ModelAdmin[Office], Manager[Office].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# Pages of a list come from an index in order. With PostgreSQL's guess for spinning disks it reads and sorts all rows of
# an office instead (200 times slower at a million rows), and compiles short queries (docs/performance.md).
# A pooler refuses such options: there they belong to the role.
PLANNER = "-c random_page_cost=1.1 -c jit=off"
# What a page or a task asks is answered in milliseconds; what is not, or waits for so long, holds others up. Migrations
# may take longer.
PATIENCE = (
    f"-c statement_timeout={os.environ.get('STATEMENT_SECONDS', '60')}s "
    f"-c idle_in_transaction_session_timeout={os.environ.get('IDLE_IN_TRANSACTION_SECONDS', '300')}s"
)


def database(url: str, *options: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": int(os.environ.get("CONN_MAX_AGE", "60")),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": flag("BEHIND_PGBOUNCER"),
        "OPTIONS": {
            "application_name": "diplomacy",
            "connect_timeout": 5,
            # Only for psycopg's own protocol: literal keys keep the planner's estimates honest (docs/decisions).
            "server_side_binding": False,
        }
        | ({} if flag("BEHIND_PGBOUNCER") else {"options": " ".join(options)}),
    }


DEBUG = flag("DEBUG")
DEMO = flag("DEMO")
TESTING = flag("TESTING")
SECRET_KEY = os.environ.get("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ON_TLS = PUBLIC_URL.startswith("https://")

# Two roles: the app role owns nothing and is all that web and workers are given; the owner migrates.
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), PLANNER, PATIENCE)}
if os.environ.get("DATABASE_OWNER_URL"):
    DATABASES["owner"] = database(os.environ["DATABASE_OWNER_URL"], PLANNER)
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL", "")
# Django's cache does not read sentinel:// addresses: there it is given one of its own.
CACHE_URL = os.environ.get("CACHE_URL") or REDIS_URL

INSTALLED_APPS = [
    "diplomacy",
    "activity",
    "accounts",
    "counterparts",
    "engagements",
    "briefings",
    "records",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "diplomacy.lib.static_files.NamedKindsOnly",
    "diplomacy.lib.web.NoStoreMiddleware",
    "diplomacy.lib.browsers.NothingInTheClear",
    "diplomacy.lib.words.SearchWordsMiddleware",
    "activity.middleware.SuspicionMiddleware",
    "accounts.signin.cookies.SealedSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.signin.middleware.TokenMiddleware",
    "diplomacy.lib.rls.middleware.ReaderMiddleware",
    "diplomacy.lib.browsers.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.signin.middleware.SessionLimitMiddleware",
    "accounts.signin.middleware.SecondFactorMiddleware",
    "accounts.middleware.ActingForMiddleware",
    "diplomacy.lib.web.PaceMiddleware",
    "diplomacy.lib.web.RefusalMiddleware",
    "activity.middleware.WatchMiddleware",
]

ROOT_URLCONF = "diplomacy.urls"
WSGI_APPLICATION = "diplomacy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "diplomacy.context.product",
            ],
            "builtins": ["diplomacy.lib.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "diplomacy.lib.forms.Renderer"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotKnownToMany"},
    {"NAME": "accounts.passwords.NotOfTheHouse"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.InvitedOnly"
ACCOUNT_FORMS = {
    "login": "accounts.signin.forms.SignInForm",
    "reset_password": "accounts.signin.forms.ResetForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# allauth's own keeps addresses in a table beside accounts, which a worker that writes a letter would write to.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 (a path)
ALLAUTH_TRUSTED_PROXY_COUNT = int(
    os.environ.get("TRUSTED_PROXY_COUNT", "1" if os.environ.get("TRUSTED_PROXY") else "0")
)
# A passkey for federal and principal roles, a second factor for everyone else, and both again before what matters most.
# Off in development and tests only: a system check refuses anything else (docs/access.md).
REQUIRE_SECOND_FACTOR = flag("REQUIRE_SECOND_FACTOR", not (DEBUG or TESTING))
STEP_UP_MINUTES = int(os.environ.get("STEP_UP_MINUTES", "10"))
ACCOUNT_REAUTHENTICATION_TIMEOUT = (
    0  # allauth counts any proof; accounts.adapter asks whether it was a strong one
)
SECOND_FACTOR_KEYS = words("SECOND_FACTOR_KEYS") or [SECRET_KEY, *SECRET_KEY_FALLBACKS]
# Of diplomacy/lib/seals.py: the first seals, all open.
SEAL_ALGORITHMS = words("SEAL_ALGORITHMS", "aes256gcm,chacha20poly1305")
MFA_ADAPTER = "accounts.signin.second_factor.SecondFactor"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Subnational Diplomacy Desk"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # offices say which address a person has; nobody confirms one here
MFA_FORMS = {
    "activate_totp": "accounts.signin.forms.AppForm",
    "add_webauthn": "accounts.signin.forms.PasskeyForm",
    "authenticate": "accounts.signin.forms.CodeForm",
    "authenticate_webauthn": "accounts.signin.forms.PasskeyShownForm",
    "edit_webauthn": "accounts.signin.forms.PasskeyNameForm",
    "login_webauthn": "accounts.signin.forms.PasskeySignInForm",
    "reauthenticate": "accounts.signin.forms.CodeAgainForm",
    "reauthenticate_webauthn": "accounts.signin.forms.PasskeyAgainForm",
}
# Signing in with an account of another organisation, such as Login.gov; not offered until it is named.
OIDC_NAME = os.environ.get("OIDC_NAME", "Login.gov")
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "")
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "")
OIDC_PRIVATE_KEY_FILE = os.environ.get("OIDC_PRIVATE_KEY_FILE", "")
OIDC_ACR_VALUES = words("OIDC_ACR_VALUES")
OIDC_PASSKEY_ACR = words("OIDC_PASSKEY_ACR")
# States' own providers of identities, which speak SAML; python3-saml is asked for only then.
SAML_PROVIDERS_FILE = os.environ.get("SAML_PROVIDERS_FILE", "")

SESSION_ENGINE = "accounts.signin.store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 24 * 60 * 60  # the longest anybody's lasts; accounts/signin/limits.py ends them before
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# What a neighbouring address of the same domain sets does not pass for ours.
SESSION_COOKIE_NAME = "__Host-sessionid" if ON_TLS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if ON_TLS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "diplomacy.lib.web.csrf_refused"
# Words for the next page name people and records: not in a cookie, which whoever holds the disk can read.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ON_TLS
SECURE_REDIRECT_EXEMPT = ["^api/"]  # refused there instead, by diplomacy.lib.browsers
SECURE_HSTS_SECONDS = 63072000 if ON_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ON_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("TRUSTED_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "report-uri": "/reports/content-policy/",
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 3
FILE_UPLOAD_HANDLERS = ["diplomacy.lib.uploads.OnlyWhereAdmitted"]

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "assets"]  # our own files are the diplomacy app's
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = DEBUG or TESTING

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/New_York"
USE_TZ = True

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "no-reply@localhost")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is down must cost a writer a moment, not a minute: the outbox sweep sends the notice later.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,  # of the publishing side: kombu's own patience is six seconds for each message
    "visibility_timeout": 600,
    "master_name": os.environ.get("SENTINEL_MASTER", "mymaster"),  # read for sentinel:// addresses only
    "global_keyprefix": os.environ.get("REDIS_PREFIX", "diplomacy:"),
}
CELERY_BEAT_SCHEDULE = WORK
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_TIMEZONE = TIME_ZONE

CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            # Counting must not hold up what is counted: one new try on a connection that died, and no more.
            "OPTIONS": {
                "max_connections": 20,
                "socket_connect_timeout": 1,
                "socket_timeout": 2,
                "retry": Retry(NoBackoff(), 1),
            },
        }
        if CACHE_URL and not TESTING
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},  # 300 would forget what somebody has read.
        }
    )
    | {"KEY_FUNCTION": "diplomacy.lib.pace.sealed"}
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "diplomacy.lib.api.gate.TokenAuthentication",
        "diplomacy.lib.api.gate.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["diplomacy.lib.api.gate.ServesInAnOffice"],
    "DEFAULT_THROTTLE_CLASSES": ["diplomacy.lib.api.gate.Rate"],
    "DEFAULT_PAGINATION_CLASS": "diplomacy.lib.api.pages.Pagination",
    "DEFAULT_SCHEMA_CLASS": "diplomacy.lib.api.schema.Schema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["diplomacy.lib.api.gate.JSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "diplomacy.lib.api.problems.problem",
    "NON_FIELD_ERRORS_KEY": "__all__",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Requests a person and minute; tests of other things than the rates are not held up.
API_RATES = {
    "read": None if TESTING else int(os.environ.get("API_READS_A_MINUTE", "600")),
    "write": None if TESTING else int(os.environ.get("API_WRITES_A_MINUTE", "120")),
}
# Forms that a person sends in a minute: nobody fills in one a second.
FORMS_A_MINUTE = 0 if TESTING else int(os.environ.get("FORMS_A_MINUTE", "60"))
PAGES_A_MINUTE = 0 if TESTING else int(os.environ.get("PAGES_A_MINUTE", "600"))
SPECTACULAR_SETTINGS = {
    "TITLE": "Subnational Diplomacy Desk",
    "DESCRIPTION": (
        "Everything a page can do, by the same rules. UNCLASSIFIED – sensitive: do not send classified information.\n\n"
        "What you may not see answers 404, exactly as what does not exist. Errors are problem details (RFC 9457). "
        "Lists go from page to page by `next`. "
        "What you search for may be in the header `Search-Words` (percent-encoded) instead of `q`, so that no "
        "address holds it. A record's `ETag` is its version: send it back in `If-Match` when you "
        "change the record. `allowed_moves` says what you may do to a record now."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,
    "ENUM_NAME_OVERRIDES": SCHEMA_NAMES,
}

GUARDIAN_GET_INIT_ANONYMOUS_USER = None
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
# Guardian records the grants; reading goes through `readers`, so its backend has nothing to answer.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

LOG_FORMAT = os.environ.get("LOG_FORMAT", "line")  # or json, for a program that collects them
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        LOG_FORMAT: {"()": "diplomacy.lib.lines.Json", "datefmt": "%Y-%m-%dT%H:%M:%S%z"}
        if LOG_FORMAT == "json"
        else {"format": "%(asctime)s %(levelname)s %(name)s %(message)s", "datefmt": "%Y-%m-%dT%H:%M:%S%z"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "stream": sys.stderr,
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    # None of these ever logs at DEBUG: one writes what was asked of the database, one what a page was made of, and one
    # the secrets of a sign-in that is under way.
    "loggers": {
        "authlib": {"level": "WARNING"},
        "django.db.backends": {"level": "WARNING"},
        "django.template": {"level": "INFO"},
    },
}

# Longer than a mail server may take over one message: after that another worker tries.
NOTICE_CLAIM_SECONDS = int(os.environ.get("NOTICE_CLAIM_SECONDS", "120"))
ADVICE_WORKING_DAYS = int(os.environ.get("ADVICE_WORKING_DAYS", "5"))
# A file of windows within which plans cross, instead of engagements/overlap_windows.toml.
OVERLAP_WINDOWS = os.environ.get("OVERLAP_WINDOWS", "")
# How often an office says of each member that they still serve, and how long after that they are suspended.
ATTESTATION_DAYS = int(os.environ.get("ATTESTATION_DAYS", "90"))
ATTESTATION_GRACE_DAYS = int(os.environ.get("ATTESTATION_GRACE_DAYS", "14"))
INVITATION_DAYS = int(os.environ.get("INVITATION_DAYS", "7"))
RECOVERY_DAYS = int(os.environ.get("RECOVERY_DAYS", "3"))
# Requests for an office that one address may send in an hour.
OFFICE_REQUESTS_AN_HOUR = int(os.environ.get("OFFICE_REQUESTS_AN_HOUR", "5"))
# Where the log's tip is written down outside the database. Without either, a log cut short cannot be told from a whole one.
ANCHOR_FILE = os.environ.get("ANCHOR_FILE", "" if TESTING else str(VAR_DIR / "anchors"))
ANCHOR_EMAIL = os.environ.get("ANCHOR_EMAIL", "")
# Files for public-records requests: where they are (web and workers share it), and for how many days.
EXPORTS_DIR = os.environ.get("EXPORTS_DIR", str(VAR_DIR / "exports"))
# Files of public lists on their way from a desk lead to a worker: web and workers share it too.
LISTS_DIR = os.environ.get("LISTS_DIR", str(Path(EXPORTS_DIR) / "lists"))
EXPORT_DAYS = int(os.environ.get("EXPORT_DAYS", "7"))
# Distinct records that a person may open in an hour before the lead of their office and the auditors are told.
BULK_READ_LIMIT = int(os.environ.get("BULK_READ_LIMIT", "150"))
# The same for distinct records shown in lists, of pages and API, and in files. A day's limits are those of four hours.
BULK_LIST_LIMIT = int(os.environ.get("BULK_LIST_LIMIT", "1000"))
