import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from accounts import actions
from accounts.signin import limits, sessions, strength, unusual
from accounts.signin.strength import TYPE, Strength
from activity import signins
from diplomacy.lib import suspicion

log = logging.getLogger(__name__)


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: offices bring their people in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        before = user.last_login
        super().login(request, user)
        limits.start(request.session)
        signins.signed_in(request, user, shown=strength.shown(request))
        unusual.tell(request, user, before=before)
        if strength.reached(request) > Strength.PASSWORD:
            actions.end_recovery_of(user)

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> Any:
        response = super().post_login(request, user, **options)
        sessions.note_origin(request)
        return response

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Asked while the session is still there. Who came from elsewhere reads that they may be signed in there still."""
        came = sessions.origin(request)
        if came is None:
            return str(super().get_logout_redirect_url(request))
        return f"{reverse('signin:signed_out')}?{urlencode({'from': came['provider']})}"

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        signins.signed_out(request, user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        signins.failed(request, str(credentials.get("email") or credentials.get("username") or ""))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Where tries are held up, whoever tries is written down."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            suspicion.mark(request, "tries")
            raise

    def reauthenticate(self, user: Any, password: str) -> bool:
        is_theirs = bool(super().reauthenticate(user, password))
        note = signins.proved_again if is_theirs else signins.proof_failed
        note(current.request, user, "password")
        return is_theirs

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Whatever is changed of how somebody signs in is told them here, and so written down here."""
        signins.changed(self.request, user, template_prefix.rpartition("/")[2])
        super().send_notification_mail(template_prefix, user, context, email)

    def set_password(self, user: Any, password: str) -> None:
        actions.set_password(user, password)

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Who has just signed in with all they have is not asked again at once."""
        return not strength.may_change_factors(current.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        """The strongest first. Who has a second factor does not prove anything with a password."""
        if not user.is_authenticated:
            return []
        types = strength.types_of(user)
        ways = [_way(*way) for kind, way in WAYS.items() if kind in types]
        if TYPE.TOTP in types and TYPE.RECOVERY_CODES in types:
            ways = [way for way in ways if way["id"] != "recovery_codes"]
        if not ways and user.has_usable_password():
            ways = [_way("reauthenticate", "Use your password", "account_reauthenticate")]
        return ways

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down must not tell which addresses have an account: only they are written to."""
        letter = self.render_mail(template_prefix, email, {"email": email, **context})
        try:
            letter.send()  # not allauth's own: that asks for the request, which is over when a commit is followed
        except (SMTPException, OSError) as error:
            log.error("A message about an account was not sent: %s", type(error).__name__)


WAYS = {
    TYPE.WEBAUTHN: ("mfa_reauthenticate:webauthn", "Use your passkey", "mfa_reauthenticate_webauthn"),
    TYPE.TOTP: ("mfa_reauthenticate", "Use a code", "mfa_reauthenticate"),
    TYPE.RECOVERY_CODES: ("recovery_codes", "Use a recovery code", "mfa_reauthenticate"),
}


def _way(name: str, words: str, address: str) -> dict[str, str]:
    return {"id": name, "description": words, "url": reverse(address)}
