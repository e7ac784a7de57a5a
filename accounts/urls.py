from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("act-for/", views.act_for, name="act_for"),
    path("profile/", views.profile, name="profile"),
    path("office/", views.office, name="office"),
]
if settings.DEMO:
    urlpatterns += [path("sign-in-as/", views.sign_in_as, name="sign_in_as")]
