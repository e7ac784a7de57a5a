from django.urls import URLPattern, URLResolver, path

from counterparts.views import register as views
from counterparts.views import screening

app_name = "counterparts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.register, name="list"),
    path("add/", views.add, name="add"),
    path("lookup/", views.lookup, name="lookup"),
    path("lookup/people/", views.lookup, {"kind": "person"}, name="lookup_people"),
    path("lookup/regions/", views.regions, name="regions"),
    path("matches/", screening.hits, name="hits"),
    path("matches/<ref:reference>/", screening.hit, name="hit"),
    path("<ref:reference>/", views.detail, name="detail"),
    path("<ref:reference>/change/", views.change, name="change"),
]
