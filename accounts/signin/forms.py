"""allauth's forms in the product's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from accounts.signin import strength
from accounts.signin.strength import Strength

NOT_READ = "The browser's answer could not be read. Load the page again and try once more."
NOT_SHOWN = "No passkey was shown. Press the button to use one."


@contextmanager
def nonsense_refused() -> Iterator[None]:
    """The library that reads credentials raises whatever comes of what is not one."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, LookupError):
        raise forms.ValidationError(NOT_READ) from None


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


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self.fields["code"], "The app shows six digits. They change every 30 seconds.")


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self.fields["code"], "Six digits from your app, or one of your recovery codes.")


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self.fields["code"], "Six digits from your app, or one of your recovery codes.")

    def clean_code(self) -> str:
        """A code can be given away to a false page: it does not stand in for the passkey of who has one."""
        code = str(super().clean_code())
        is_from_app = self.authenticator.type == strength.TYPE.TOTP
        if is_from_app and strength.owned(self.user) == Strength.PASSKEY:
            raise forms.ValidationError("Use your passkey, or a recovery code if you have lost it.")
        return code


class PasskeyShownForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].error_messages["required"] = NOT_SHOWN

    def clean_credential(self) -> Any:
        with nonsense_refused():
            return super().clean_credential()


class PasskeySignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].error_messages["required"] = NOT_SHOWN

    def clean_credential(self) -> Any:
        with nonsense_refused():
            return super().clean_credential()


class PasskeyAgainForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].error_messages["required"] = NOT_SHOWN

    def clean_credential(self) -> Any:
        with nonsense_refused():
            return super().clean_credential()


def _word(field: forms.Field, help_text: str) -> None:
    field.label, field.help_text = "Code", help_text
    field.widget.attrs |= {"inputmode": "numeric", "maxlength": "20"}
