"""allauth's forms in the product's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context as current
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.http import HttpRequest

from accounts import actions
from accounts.signin import codes, strength, unusual
from accounts.signin.strength import Strength
from activity import signins
from diplomacy.lib.rls import system

E_MAIL = "E-mail address"
NOT_READ = "The browser's answer could not be read. Load the page again and try once more."
NOT_SHOWN = "No passkey was shown. Press the button to use one."


@contextmanager
def nonsense_refused() -> Iterator[None]:
    """The library that reads credentials raises whatever comes of what is not one."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, LookupError):
        raise forms.ValidationError(NOT_READ) from None


def opened_by_code(form: Any) -> str:
    """allauth's `clean_code`, which knows of its own recovery codes only. Notes in the form what was shown."""
    clear_rate = check_rate_limit(form.user)
    code = str(form.cleaned_data["code"])
    shown = codes.opened_by(form.user, code)
    if shown is None:
        raise get_adapter().validation_error("incorrect_code")
    shown.user, form.authenticator = form.user, shown
    clear_rate()
    return code


@contextmanager
def half_way(user: Any, shown: str) -> Iterator[None]:
    """Who comes here has given the right password. What fails is written down, and told the account's person."""
    try:
        yield
    except forms.ValidationError:
        signins.factor_failed(current.request, user, shown)
        unusual.tell_half_way(current.request, user)
        raise


@contextmanager
def proof_of(user: Any, shown: str) -> Iterator[None]:
    try:
        yield
    except forms.ValidationError:
        signins.proof_failed(current.request, user, shown)
        raise


@contextmanager
def nobody_came_in() -> Iterator[None]:
    try:
        yield
    except forms.ValidationError:
        signins.failed(current.request, "", shown="webauthn")
        raise


class SignInForm(LoginForm):  # type: ignore[misc]
    """Calls the address what every other page calls it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = E_MAIL


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks a worker to write to the address, whoever has it. allauth's own looks the account up and sends at once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = E_MAIL

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **options: Any) -> str:
        address = str(self.cleaned_data["email"])
        signins.asked_for_reset(request, address)
        actions.ask_for_reset(address)
        return address


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Always one that checks its holder and can be found without a name: allauth's choice between two is left out."""

    passwordless = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name = self.fields["name"]
        name.label, name.max_length = "Name of this passkey", 60
        name.help_text = "To tell your passkeys apart, such as “work laptop” or “blue key”."
        self.fields["credential"].error_messages["required"] = (
            "No passkey was made. Press the button to make one."
        )

    def clean_name(self) -> str:
        return str(super().clean_name())[:60]

    def clean(self) -> dict[str, Any]:
        with nonsense_refused():
            return dict(super().clean())


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(max_length=60, label="Name of this passkey")

    def save(self) -> Any:
        with system("accounts.proofs"):
            return super().save()


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self.fields["code"], "The app shows six digits. They change every 30 seconds.", "numeric")


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self.fields["code"], "Six digits from your app, or one of your recovery codes.")

    def clean_code(self) -> str:
        with half_way(self.user, "code"):
            return opened_by_code(self)


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self.fields["code"], "Six digits from your app, or one of your recovery codes.")

    def clean_code(self) -> str:
        """A code can be given away to a false page: it does not stand in for the passkey of who has one."""
        with proof_of(self.user, "code"):
            code = opened_by_code(self)
            is_from_app = self.authenticator.type == strength.TYPE.TOTP
            if is_from_app and strength.owned(self.user) == Strength.PASSKEY:
                raise forms.ValidationError("Use your passkey, or a recovery code if you have lost it.")
        signins.proved_again(current.request, self.user, self.authenticator.type)
        return code


class PasskeyShownForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].error_messages["required"] = NOT_SHOWN

    def clean_credential(self) -> Any:
        with half_way(self.user, "webauthn"), nonsense_refused():
            return super().clean_credential()


class PasskeySignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].error_messages["required"] = NOT_SHOWN

    def clean_credential(self) -> Any:
        with nobody_came_in(), nonsense_refused():
            return super().clean_credential()


class PasskeyAgainForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].error_messages["required"] = NOT_SHOWN

    def clean_credential(self) -> Any:
        with proof_of(self.user, "webauthn"), nonsense_refused():
            credential = super().clean_credential()
        signins.proved_again(current.request, self.user, "webauthn")
        return credential


def _word(field: forms.Field, help_text: str, inputmode: str = "text") -> None:
    field.label, field.help_text = "Code", help_text
    field.widget.attrs |= {"inputmode": inputmode, "maxlength": "60", "autocapitalize": "none"}
