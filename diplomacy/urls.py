"""Every address of the product. Public addresses say so themselves: LoginRequiredMiddleware is on."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, register_converter

from diplomacy.lib.references import ReferenceConverter

register_converter(ReferenceConverter, "ref")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("activity.urls")),
    path("", include("engagements.urls")),
    path("counterparts/", include("counterparts.urls")),
    path("briefings/", include("briefings.urls")),
    path("people/", include("accounts.urls")),
    path("sign-in/", include("allauth.account.urls")),
    path("operator/", admin.site.urls),
]
