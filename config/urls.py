"""All addresses. Everything a visitor reads stands under its language, /en/… or /ru/…."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access

from cms.media import media
from cms.views.pages import serve as serve_page
from cms.views.sign_in import AdminSignInView
from registry.admin.account import OwnAccountView
from subgraph.schema import schema
from subgraph.view import GraphQLView

urlpatterns = [
    path("", include("cms.sitemaps")),
    path("admin/login/", AdminSignInView.as_view()),
    path("admin/account/", require_admin_access(OwnAccountView.as_view())),
    path("admin/choose-page/", include("cms.explorer.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("graphql/", GraphQLView.as_view(schema=schema), name="graphql"),
    path(f"{settings.MEDIA_URL.strip('/')}/<path:path>", media, name="media"),
]

urlpatterns += i18n_patterns(
    path("search/", include("search.urls")),
    path("statistics/", include("registry.urls")),
    path("library/", include("cms.library.urls")),
    path("glossary/", include("registry.glossary_urls")),
    path("institutions/", include("registry.institution_urls")),
    path("account/", include("cms.urls")),
    path("feeds/", include("cms.feeds")),
    re_path(wagtail_urls.serve_pattern, serve_page, name="wagtail_serve"),
    path("", include(wagtail_urls)),
)
