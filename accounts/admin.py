"""The operator's door: configuration, never content. Operators sign in like everyone else, with the same limits."""

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts import actions
from accounts.models import Division, Office
from accounts.time_zones import choices

admin.site.site_header = admin.site.site_title = "Configuration"
admin.site.index_title = "What the operator sets"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# A group stands for an office in shares; addresses decide who can reset a password; second factors and sessions are
# people's own. None of it is configuration.
for not_ours in (Group, EmailAddress, Authenticator, UserSession):
    admin.site.unregister(not_ours)


@admin.register(Division)
class DivisionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "ocd_id", "kind"]
    search_fields = ["ocd_id", "name"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Division | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Division | None = None) -> bool:
        return False


class OfficeForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(choices=choices, initial="America/New_York")


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Offices are closed by a date, never deleted: their records name them."""

    form = OfficeForm
    list_display = ["name", "reference", "level", "is_desk", "opened_on", "closed_on"]
    list_filter = ["level", "is_desk"]
    search_fields = ["name", "short_name", "reference"]
    autocomplete_fields = ["division"]
    fields = ["name", "short_name", "level", "is_desk", "division", "time_zone", "opened_on", "closed_on"]

    def save_model(
        self, request: HttpRequest, obj: Office, form: "forms.ModelForm[Office]", change: bool
    ) -> None:
        assert request.user.pk is not None  # nobody else is let in
        by = actions.Operator(request.user.pk)
        if change:
            actions.change_office(obj, by=by, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            made = actions.open_office_as_operator(by=by, **form.cleaned_data)
            obj.pk, obj.reference, obj.group = made.pk, made.reference, made.group

    def has_delete_permission(self, request: HttpRequest, obj: Office | None = None) -> bool:
        return False
