from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts import onboarding, rules, states
from accounts import terms as posts
from accounts.models import Division, Member, Office, OfficeRequest, Recovery, Term, User
from accounts.time_zones import choices
from diplomacy.lib import forms as house
from diplomacy.lib import washington

MEANING = {
    Member.Role.PRINCIPAL: "The official: reads briefings and the office’s engagements.",
    Member.Role.LEAD: "Writes, and manages members and sharing.",
    Member.Role.STAFF: "Logs engagements and edits them.",
    Member.Role.READER: "Looks, and writes nothing.",
    Member.Role.DESK_LEAD: "Advises, assigns, and manages the desk’s members.",
    Member.Role.LIAISON: "Advises offices.",
    Member.Role.BRIEFER: "Writes and releases briefings.",
}


class ProfileForm(house.Form):
    name = forms.CharField(max_length=200, help_text="As colleagues and other offices should read it.")
    time_zone = forms.ChoiceField(
        choices=choices, widget=house.LongSelect, help_text="Times are shown and understood in this zone."
    )


def role_choices(office: Office) -> list[tuple[str, str]]:
    given = rules.roles_given_by_leads(is_federal=office.is_federal)
    return [(role, f"{Member.Role(role).label}. {MEANING[Member.Role(role)]}") for role in given]


class RoleField(forms.ChoiceField):
    widget = forms.RadioSelect


class InviteForm(house.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="Their own address at work. The link works for nobody else.",
    )
    name = forms.CharField(max_length=200, required=False, help_text="As they will be greeted.")
    role = RoleField()
    title = forms.CharField(max_length=120, required=False, help_text="As on the business card.")

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(office)  # type: ignore[attr-defined]


class MemberForm(house.Versioned, house.Form):
    role = RoleField()
    title = forms.CharField(max_length=120, required=False, help_text="As on the business card.")

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        now = {"role": member.role, "title": member.title, "version": member.version}
        super().__init__(*args, initial=now, **kwargs)
        self.fields["role"].choices = role_choices(member.office)  # type: ignore[attr-defined]


class EndForm(house.Versioned, house.Form):
    on = forms.DateField(
        label="First day without access", help_text="Today ends it at once. Dates are Washington’s."
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        now = {"on": max(washington.today(), member.starts_on), "version": member.version}
        super().__init__(*args, initial=now, **kwargs)


class TermChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, term: Any) -> str:
        ends = f"until {term.ends_on:%B %-d, %Y}" if term.ends_on else "no end known"
        where = f", {term.district}" if term.district and not term.district.startswith("ocd-") else ""
        return f"{term.official}, {term.role}{where} ({ends})"


class TermForm(house.Versioned, house.Form):
    term = TermChoice(
        label="Official and post",
        queryset=Term.objects.none(),
        required=False,
        widget=house.LongSelect,
        help_text="Their access then ends with the last term in this post. Leave it empty to tie it to none.",
    )

    def __init__(self, *args: Any, member: Member, terms: Any, **kwargs: Any) -> None:
        held = next((term for term in terms if posts.is_post_of(member, term)), None)
        super().__init__(*args, initial={"term": held, "version": member.version}, **kwargs)
        self.fields["term"].queryset = terms  # type: ignore[attr-defined]
        self.fields["term"].empty_label = "Tied to no term"  # type: ignore[attr-defined]


class OfficeSettingsForm(house.Form):
    sign_in = forms.ChoiceField(
        label="Everybody in the office signs in with",
        choices=Office.SignIn,
        widget=forms.RadioSelect,
        help_text="Holds from the next page on, for you too. Who has no passkey yet is led to make one. Programs with "
        "tokens go on.",
    )
    days = forms.IntegerField(
        label="Days of access after a term",
        min_value=0,
        max_value=rules.LONGEST_GRACE,
        help_text=f"For members whose access rests on an official’s term. 0 to {rules.LONGEST_GRACE}.",
    )


class ColleagueChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, member: Any) -> str:
        return f"{member.user}, {member.title or member.get_role_display()}"


class DelegateForm(house.Form):
    to = ColleagueChoice(label="Colleague", queryset=Member.objects.none())
    first_day = forms.DateField(label="First day")
    last_day = forms.DateField(label="Last day", help_text=f"At most {rules.LONGEST_DELEGATION} days in all.")
    reason = forms.CharField(max_length=200, required=False, help_text="For example: leave, travel.")

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"first_day": washington.today()}, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class NewAccountForm(house.Form):
    name = forms.CharField(max_length=200, help_text="As colleagues and other offices should read it.")
    password = forms.CharField(
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text="At least 12 characters. A few words that do not belong together are best.",
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        user = User(email=self.email, name=self.cleaned_data.get("name", ""))
        return _good_password(self.cleaned_data["password"], user)


class NewPasswordForm(house.Form):
    password = forms.CharField(
        label="New password",
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text="At least 12 characters. A few words that do not belong together are best.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        return _good_password(self.cleaned_data["password"], self.user)


def _good_password(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise forms.ValidationError(error.messages) from None
    return password


class RecoveryForm(house.Form):
    proof = forms.ChoiceField(
        label="How did you make sure that it is them?",
        choices=[choice for choice in Recovery.Proof.choices if choice[0] in rules.PROOFS],
        widget=forms.RadioSelect,
        help_text="As carefully as when they were invited. An e-mail or a text message is not enough.",
    )


LEVELS = [(value, label) for value, label in Office.Level.choices if value != Office.Level.FEDERAL]


def _states_to_choose() -> list[tuple[str, str]]:
    """None is chosen already: who sends the form in haste would ask for the first of the alphabet."""
    return [("", "Choose one"), *states.choices()]


class AskForOfficeForm(house.Form):
    office_name = forms.CharField(label="Name of the office", max_length=200)
    level = forms.ChoiceField(label="What kind of office is it?", choices=LEVELS, widget=forms.RadioSelect)
    state = forms.ChoiceField(label="State or territory", choices=_states_to_choose)
    place = forms.CharField(
        label="City, county or tribe", max_length=120, required=False, help_text="Leave it empty for a state."
    )
    name = forms.CharField(label="Your name", max_length=200)
    title = forms.CharField(label="Your title", max_length=120)
    email = forms.EmailField(
        label="Your e-mail address at work", max_length=254, help_text="The answer comes to this address."
    )
    authority = forms.CharField(
        label="Who can confirm that you speak for the office?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Name somebody and how they are reached, or a public page that names you. Nothing confidential.",
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("level") in rules.LOCAL_LEVELS and not said.get("place"):
            self.add_error("place", "Say which city or county.")
        return said


class OpenForm(house.Form):
    name = forms.CharField(label="Name of the office", max_length=200)
    short_name = forms.CharField(max_length=60, help_text="For tight places.")
    division = forms.ModelChoiceField(
        queryset=Division.objects.none(),
        required=False,
        help_text="The place it speaks for. Leave it empty when the place is not on the list.",
    )
    time_zone = forms.ChoiceField(choices=choices, widget=house.LongSelect, initial="America/New_York")

    def __init__(self, *args: Any, held: OfficeRequest, places: Any, **kwargs: Any) -> None:
        now = {"name": held.office_name, "short_name": onboarding.short_name(held)}
        super().__init__(*args, initial=now, **kwargs)
        self.fields["division"].queryset = places  # type: ignore[attr-defined]


class DeclineForm(house.Form):
    reason = forms.CharField(
        max_length=500, help_text="Those who answer requests read it. Whoever asked does not."
    )
