"""Proving once more who one is. allauth checks the proof; the session it was given in gets a new key."""

from typing import Any

from allauth.account.views import ReauthenticateView as PasswordAgainView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView as PasskeyAgainView
from django.http import HttpResponse

from accounts.signin import sessions


class Renews:
    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        sessions.renew(self.request)
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return response


class PasswordAgain(Renews, PasswordAgainView):  # type: ignore[misc]
    pass


class CodeAgain(Renews, CodeAgainView):  # type: ignore[misc]
    pass


class PasskeyAgain(Renews, PasskeyAgainView):  # type: ignore[misc]
    pass


password = PasswordAgain.as_view()
code = CodeAgain.as_view()
passkey = PasskeyAgain.as_view()
