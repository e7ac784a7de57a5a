from django.urls import URLPattern, URLResolver, path

from briefings.views import reading, release, writing

app_name = "briefings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", release.listed, name="list"),
    path("mine/", reading.mine, name="mine"),
    path("read/<ref:reference>/", reading.read, name="read"),
    path("read/<ref:reference>/acknowledge/", reading.acknowledge, name="acknowledge"),
    path("read/<ref:reference>/ask/", reading.ask, name="ask"),
    path("write/", writing.draft, name="draft"),
    path("lookup/", writing.lookup, name="lookup"),
    path("lookup/engagements/", writing.lookup_engagements, name="lookup_engagements"),
    path("<ref:reference>/", release.detail, name="detail"),
    path("<ref:reference>/change/", writing.change, name="change"),
    path("<ref:reference>/readers/", writing.audience, name="audience"),
    path("<ref:reference>/check/", release.check, name="preview"),
    path("<ref:reference>/check/<int:number>/", release.cut, name="cut"),
    path("<ref:reference>/release/", release.release, name="release"),
    path("<ref:reference>/return/", release.return_to_author, name="return"),
    path("<ref:reference>/recall/", release.recall, name="recall"),
    path("<ref:reference>/questions/<ref:question>/", release.answer, name="answer"),
]
