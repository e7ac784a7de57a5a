from django.urls import path

from activity import views

app_name = "activity"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/preferences/", views.preferences, name="preferences"),
    path("notices/<uuid:key>/", views.open_notice, name="open"),
    path("notices/<uuid:key>/read/", views.read_one, name="read_one"),
    path("activity/", views.log, name="log"),
    path("activity/export/", views.export, name="export"),
    path("activity/holds/", views.holds, name="holds"),
    path("activity/holds/<ref:reference>/lift/", views.lift_hold, name="lift_hold"),
    path("activity/alarms/", views.alarms, name="alarms"),
    path("activity/alarms/<ref:reference>/", views.alarm, name="alarm"),
]
