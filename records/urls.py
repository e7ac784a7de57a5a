from django.urls import path

from records import views

app_name = "records"
urlpatterns = [
    path("", views.index, name="list"),
    path("disposal/", views.disposals, name="disposal"),
    path("<ref:reference>/", views.show, name="request"),
    path("<ref:reference>/make/", views.make, name="make"),
    path("<ref:reference>/file/", views.download, name="download"),
    path("marks/<ref:reference>/", views.mark, name="mark"),
    path("marks/referrals/<ref:reference>/", views.mark_referral, name="mark_referral"),
]
