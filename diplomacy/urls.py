"""Every address of the product. Public addresses say so themselves: LoginRequiredMiddleware is on."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter

from diplomacy.home import home
from diplomacy.lib import words
from diplomacy.lib.references import ReferenceConverter
from diplomacy.lib.web import not_here
from diplomacy.reports import content_policy
from diplomacy.search import search

register_converter(ReferenceConverter, "ref")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("activity.urls")),
    path("", include("engagements.urls")),
    path("counterparts/", include("counterparts.urls")),
    path("briefings/", include("briefings.urls")),
    path("records/", include("records.urls")),
    path("people/", include("accounts.urls")),
    # Offices say which address a person has: allauth's own pages for that answer as if they were not there.
    re_path(r"^sign-in/(email|confirm-email|password/set)/", not_here),
    path("sign-in/", include("accounts.signin.urls")),
    path("sign-in/", include("allauth.account.urls")),
    path("sign-in/second-factor/", include("allauth.mfa.urls")),
    path(words.PATH, search, name="search"),
    path("reports/content-policy/", content_policy, name="content_policy"),
    path("operator/", admin.site.urls),
    path("api/", include("diplomacy.api")),
]
handler400 = "diplomacy.api.bad_request"
handler500 = "diplomacy.api.server_error"
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", include("diplomacy.styleguide")))
