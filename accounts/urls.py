from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("act-for/", views.act_for, name="act_for"),
    path("profile/", views.profile, name="profile"),
    path("office/", views.office, name="office"),
    path("office/confirm/", views.confirm_members, name="confirm_members"),
    path("office/settings/", views.settings, name="settings"),
    path("office/invite/", views.invite, name="invite"),
    path("invitations/<ref:reference>/again/", views.send_again, name="send_again"),
    path("invitations/<ref:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("members/<uuid:key>/", views.member, name="member"),
    path("members/<uuid:key>/term/", views.term, name="term"),
    path("members/<uuid:key>/end/", views.end, name="end_member"),
    path("members/<uuid:key>/sign-out/", views.sign_out_member, name="sign_out_member"),
    path("members/<uuid:key>/recover/", views.start_recovery, name="start_recovery"),
    path("recoveries/<ref:reference>/withdraw/", views.withdraw_recovery, name="withdraw_recovery"),
    path("recover/", views.recover, name="recover"),
    path("recover/<str:secret>/", views.open_recovery, name="open_recovery"),
    path("delegations/new/", views.delegate, name="delegate"),
    path("delegations/<ref:reference>/end/", views.end_delegation, name="end_delegation"),
    path("offices/ask/", views.ask, name="ask"),
    path("offices/asked/", views.asked, name="asked"),
    path("offices/requests/", views.office_requests, name="office_requests"),
    path("offices/requests/bring-back/", views.bring_back, name="bring_back"),
    path("offices/requests/<ref:reference>/", views.office_request, name="office_request"),
    path("join/", views.join, name="join"),
    path("join/<str:secret>/", views.open_invitation, name="open_invitation"),
]
if settings.DEMO:
    urlpatterns += [path("sign-in-as/", views.sign_in_as, name="sign_in_as")]
