"""Django settings. All that differs between machines comes from the environment (config/env.py)."""

import sys
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.env import read_env
from registry.languages import DEFAULT_LANGUAGE
from registry.languages import LANGUAGES as PORTAL_LANGUAGES

ENV = read_env()
ROOT = Path(__file__).resolve().parent.parent
VAR_DIR = ENV.var_dir
VAR_DIR.mkdir(parents=True, exist_ok=True)
TESTING = "pytest" in sys.modules

DEBUG = ENV.debug
_LOCAL_KEY = "for-tests-and-local-demonstrations-only-never-for-a-public-address"
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
if not ENV.secret_key and (ENV.secure or not _LOCAL_HOSTS.issuperset(ENV.allowed_hosts)):
    raise ImproperlyConfigured(
        "SECRET_KEY: expected a long random value, because others than this machine are served."
    )
SECRET_KEY = ENV.secret_key or _LOCAL_KEY
ALLOWED_HOSTS = ENV.allowed_hosts

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "subgraph",
    "importers",
    "search",
    "cms",
    "registry",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "registry.users.PeopleConfig",  # in place of wagtail.users
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",  # never list "modelsearch" beside it: its index tasks then fail silently
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",  # the templates of Wagtail's own filters
    "strawberry_django",
    "import_export",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "registry.middleware.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "registry.middleware.CompressionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "registry.middleware.caching_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "registry.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registry.middleware.viewer_middleware",
    "registry.middleware.nul_middleware",
    "cms.country.guard.AdminGuard",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# What makes tables runs as the role that owns them; everything else as one that row-level security holds.
OWNER_COMMANDS = {"migrate", "database_roles", "flush", "sqlflush"}
MAKES_TABLES = sys.argv[1:2] != [] and sys.argv[1] in OWNER_COMMANDS
DATABASES = {"default": ENV.database(as_owner=TESTING or MAKES_TABLES)}
APPLICATION_DATABASE = ENV.database()
ROW_SECURITY_REQUIRED = ENV.row_security == "on" and not DEBUG
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "registry.backends.RepresentativeBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LANGUAGE_CODE = DEFAULT_LANGUAGE
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [(language.code, language.name) for language in PORTAL_LANGUAGES]
USE_I18N = True
LOCALE_PATHS = [ROOT / "config" / "overrides"]  # better Russian for packages; wins over every app
WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files of the e-library: apart from media, reached only through a view that asks who looks.
    "library": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "library",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if ENV.tasks == "database"
        else "django_tasks.backends.immediate.ImmediateBackend"
    }
}

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENV.email_host else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = ENV.email_host
EMAIL_PORT = ENV.email_port
EMAIL_HOST_USER = ENV.email_user
EMAIL_HOST_PASSWORD = ENV.email_password
EMAIL_USE_TLS = ENV.email_tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from

SEARCH_URL = ENV.search_url
SEARCH_INDEX_DIR = VAR_DIR / "search"

WAGTAIL_SITE_NAME = _("Clearinghouse")
WAGTAILADMIN_BASE_URL = ENV.base_url
WAGTAIL_ENABLE_UPDATE_CHECK = False  # otherwise the admin calls an outside host
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# A translation stays a draft until a person publishes it, so no page appears half in another language.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILLOCALIZE_DISABLE_ON_DELETE = True  # deleting a page keeps the work of its translators
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.images.ImageForm"
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "cms.rich_text.RichTextArea"}}
# wagtail-localize asks for Wagtail's own documents; they are closed, in favour of the e-library.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
LIBRARY_MAX_BYTES = 25 * 1024 * 1024
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = ""  # it would tell the titles of pages from their addresses
WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 10

LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = WAGTAILADMIN_LOGIN_URL = "cms:sign_in"  # one door for everybody
# Passwords and addresses are changed where it is written down who did it.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# Sign-in: after so many failures an account is locked at an address, and an address altogether, for a while.
AXES_ENABLED = not TESTING
AXES_HANDLER = "registry.locking.LockingHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_FAILURE_LIMIT = 5
SIGN_IN_ADDRESS_LIMIT = 50
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else anybody could keep somebody out for good
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "registry.locking.client_address"
AXES_LOCKOUT_CALLABLE = "cms.views.sign_in.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # no diary of who was here when
AXES_VERBOSE = False
TRUSTED_PROXIES = ENV.trusted_proxies
OTP_TOTP_ISSUER = "Clearinghouse"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # see X_FRAME_OPTIONS
X_FRAME_OPTIONS = "SAMEORIGIN"  # the Wagtail preview panel frames the portal's own pages
# What a page may load and do: the portal's own files, nothing inline, nothing from elsewhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# What of Wagtail's admin needs more: choosers, dates and the translation editor come with scripts in the
# page, editors with styles, and the preview is a frame. The portal's own section of it does without.
ADMIN_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "frame-src": [SELF],
}
# By the beginning of the address, the first that fits.
CONTENT_SECURITY_POLICIES = {
    "/admin/data/": CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "/admin/": ADMIN_POLICY,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # what Wagtail asks for in its page editor
if ENV.secure:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING" if TESTING else ENV.log_level},
    # Both tell every publication and every index update, which the database records anyway.
    "loggers": {"wagtail": {"level": "WARNING"}, "django_tasks": {"level": "WARNING"}},
}
