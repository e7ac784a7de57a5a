from django.urls import URLPattern, URLResolver, path

from accounts.signin import views
from diplomacy.lib.web import not_here

FACTOR = "second-factor"

# Before allauth's own addresses of the same names: where a factor is set up, and what is shown once only.
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{FACTOR}/webauthn/add/", views.add_passkey, name="mfa_add_webauthn"),
    path(f"{FACTOR}/webauthn/keys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path(f"{FACTOR}/totp/activate/", views.add_app, name="mfa_activate_totp"),
    path(f"{FACTOR}/recovery-codes/download/", not_here),
]
