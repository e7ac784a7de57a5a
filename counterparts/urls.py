from django.urls import URLPattern, URLResolver, path

from counterparts.lists import views as lists
from counterparts.views import guidance, merging, posts, screening
from counterparts.views import register as views

app_name = "counterparts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.register, name="list"),
    path("add/", views.add, name="add"),
    path("lookup/", views.lookup, name="lookup"),
    path("lookup/people/", views.lookup, {"kind": "person"}, name="lookup_people"),
    path("lookup/regions/", views.regions, name="regions"),
    path("guidance/", guidance.guidance_list, name="guidance_list"),
    path("guidance/publish/", guidance.publish, name="publish_guidance"),
    path("guidance/<ref:reference>/", guidance.guidance, name="guidance"),
    path("guidance/<ref:reference>/change/", guidance.change_guidance, name="change_guidance"),
    path("guidance/<ref:reference>/end/", guidance.end_guidance, name="end_guidance"),
    path("duplicates/", merging.alike, name="alike"),
    path("duplicates/already-here/", merging.already_here, name="already_here"),
    path("duplicates/<ref:reference>/undo/", merging.undo, name="undo_merge"),
    path("duplicates/<ref:reference>/<ref:other>/", merging.compare, name="compare"),
    path("matches/", screening.hits, name="hits"),
    path("matches/<ref:reference>/", screening.hit, name="hit"),
    path("lists/", lists.index, name="lists"),
    path("lists/load/", lists.load, name="load_list"),
    path("lists/entries/", lists.entries, name="listings"),
    path("lists/entries/<ref:reference>/", lists.entry, name="listing"),
    path("lists/<ref:reference>/", lists.edition, name="edition"),
    path("<ref:reference>/", views.detail, name="detail"),
    path("<ref:reference>/post/", posts.hold_post, name="hold_post"),
    path("<ref:reference>/posts/<int:number>/", posts.change_post, name="change_post"),
    path("<ref:reference>/source/", posts.add_source, name="add_source"),
    path("<ref:reference>/note/", guidance.note, name="note"),
    path("<ref:reference>/change/", views.change, name="change"),
]
