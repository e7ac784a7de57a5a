from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import rules
from accounts.signin import codes, sessions, strength
from accounts.signin.step_up import refuse_who_has_no_way
from accounts.signin.strength import Strength
from diplomacy.lib.errors import Conflict
from diplomacy.lib.rls import system

TYPE = Authenticator.Type


class Proved:
    """allauth lets in who has nothing to show at all; here their last sign-in must be a recent one."""

    def dispatch(self, request: Any, *args: Any, **named: Any) -> Any:
        if not strength.may_change_factors(request):
            refuse_who_has_no_way(request)
        return super().dispatch(request, *args, **named)  # type: ignore[misc]


class EndsOthers:
    """Whoever got in by the way that was, and sits elsewhere, is out: only the session that made the change goes on."""

    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        end_others(self.request)
        return response


class Keeps:
    """What allauth's own view does with an answer that is right: it writes the factor, or takes it away."""

    def form_valid(self, form: Any) -> Any:
        with system("accounts.proofs"):
            return super().form_valid(form)  # type: ignore[misc]


def end_others(request: Any) -> None:
    if sessions.end_all(request.user, but=request.session.session_key):
        messages.info(request, "You were signed out everywhere else.")


class AddPasskey(Proved, EndsOthers, Keeps, AddWebAuthnView):  # type: ignore[misc]
    """Kept by the device and opened by its holder's finger, face or PIN: two factors in one, and nothing to phish."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**named)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return context | {
            "js_data": {"creation_options": options},
            "is_required": strength.needed(self.request.user) == Strength.PASSKEY,
            "who_asks": _who_asks(self.request.user),
            "form": named.get("form") or context.get("form") or self.get_form(),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        made = codes.make_first(self.request.user)
        response: HttpResponse = super().form_valid(form)
        strength.record_factor(self.request, TYPE.WEBAUTHN)
        sessions.renew(self.request)
        return shown_once(self.request, made) if made else response


def _who_asks(user: Any) -> str:
    """In words: the role somebody has, or the office that asks it of everybody."""
    is_by_role = user.is_staff or any(member.role in rules.PASSKEY_ROLES for member in user.standing)
    return "Your role" if is_by_role else "Your office"


class AddApp(Proved, EndsOthers, Keeps, ActivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        made = codes.make_first(self.request.user)
        response: HttpResponse = super().form_valid(form)
        strength.record_factor(self.request, TYPE.TOTP)
        sessions.renew(self.request)
        messages.success(self.request, "The app is set up. You will be asked for its code when you sign in.")
        return shown_once(self.request, made) if made else response


class RemovePasskey(EndsOthers, Keeps, RemoveWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        held = self.get_queryset().count()
        if held == 1 and strength.needed(self.request.user) == Strength.PASSKEY:
            raise Conflict("This is your only passkey, and you need one here. Add another first.")
        response: HttpResponse = super().form_valid(form)
        return response


class MakeCodes(Proved, GenerateRecoveryCodesView):  # type: ignore[misc]
    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**named)
        return context | {"unused_code_count": codes.left(self.request.user) or 0}

    def form_valid(self, form: Any) -> HttpResponse:
        made = codes.make(self.request.user)
        end_others(self.request)
        get_account_adapter(self.request).send_notification_mail(
            "mfa/email/recovery_codes_generated", self.request.user
        )
        return shown_once(self.request, made)


def shown_once(request: Any, made: list[str]) -> HttpResponse:
    """In the answer to what made them: codes that wait for another page would have to be kept somewhere."""
    return render(request, "mfa/recovery_codes/made.html", {"codes": made})


@require_safe
def count_codes(request: Any) -> HttpResponse:
    left = codes.left(request.user)
    if left is None:
        raise Http404
    return render(request, "mfa/recovery_codes/index.html", {"left": left})


class StopApp(EndsOthers, Keeps, DeactivateTOTPView):  # type: ignore[misc]
    pass


make_codes = MakeCodes.as_view()
add_passkey = AddPasskey.as_view()
add_app = AddApp.as_view()
remove_passkey = RemovePasskey.as_view()
stop_app = StopApp.as_view()
