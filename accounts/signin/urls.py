from django.urls import URLPattern, URLResolver, include, path

from accounts.signin.views import again, elsewhere, factors, sessions, state, tokens
from diplomacy.lib.web import not_here

FACTOR = "second-factor"
OURS: list[URLPattern | URLResolver] = [
    path("elsewhere/", elsewhere.begin, name="elsewhere"),
    path("elsewhere/done/", elsewhere.done, name="elsewhere_done"),
    path("elsewhere/leave/", elsewhere.leave, name="elsewhere_leave"),
    path("elsewhere/ended/", elsewhere.ended, name="elsewhere_ended"),
    path("signed-out/", elsewhere.signed_out, name="signed_out"),
    path("state/", state.choose, name="state"),
    path("state/<slug:slug>/", state.begin, name="state_begin"),
    path("state/<slug:slug>/answer/", state.answer, name="state_answer"),
    path("state/<slug:slug>/done/", state.done, name="state_done"),
    path("state/<slug:slug>/metadata/", state.metadata, name="state_metadata"),
    path("sessions/", sessions.listed, name="sessions"),
    path("sessions/<int:pk>/end/", sessions.end, name="end_session"),
    path("sessions/end-others/", sessions.end_others, name="end_other_sessions"),
    path("tokens/", tokens.listed, name="tokens"),
    path("tokens/new/", tokens.make, name="make_token"),
    path("tokens/<ref:reference>/revoke/", tokens.revoke, name="revoke_token"),
]
# The second part comes before allauth's own addresses of the same names.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((OURS, "signin"))),
    path(f"{FACTOR}/webauthn/add/", factors.add_passkey, name="mfa_add_webauthn"),
    path(f"{FACTOR}/webauthn/keys/<int:pk>/remove/", factors.remove_passkey, name="mfa_remove_webauthn"),
    path(f"{FACTOR}/totp/activate/", factors.add_app, name="mfa_activate_totp"),
    path(f"{FACTOR}/recovery-codes/", factors.count_codes, name="mfa_view_recovery_codes"),
    path(f"{FACTOR}/recovery-codes/generate/", factors.make_codes, name="mfa_generate_recovery_codes"),
    path(f"{FACTOR}/totp/deactivate/", factors.stop_app, name="mfa_deactivate_totp"),
    path("reauthenticate/", again.password, name="account_reauthenticate"),
    path(f"{FACTOR}/reauthenticate/", again.code, name="mfa_reauthenticate"),
    path(f"{FACTOR}/webauthn/reauthenticate/", again.passkey, name="mfa_reauthenticate_webauthn"),
    path(f"{FACTOR}/recovery-codes/download/", not_here),
]
