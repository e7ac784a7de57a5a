"""Operators run the system and see none of its content: configuration, and nothing that people wrote."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Division, Member, Office, User
from activity.models import Entry
from engagements.models import Engagement
from tests.conftest import ClientFor
from tests.factories import briefings as make_briefing
from tests.factories import engagements as make
from tests.factories.accounts import invited, make_division

pytestmark = pytest.mark.django_db
CONFIGURATION = {Division, Office}
CANARY = "XANADU-CANARY"


@pytest.fixture
def content(maria: Member, liaison: Member, gov: Member, briefer: Member, second_briefer: Member) -> Member:
    """Something of each sort, all of it marked."""
    make.advised(maria, liaison)
    make.counterpart(maria, name=CANARY)
    make_briefing.delivered(
        briefer, second_briefer, gov, sections=[make_briefing.section(body=CANARY, heading=CANARY)]
    )
    Engagement.objects.update(title=CANARY, purpose=CANARY)
    User.objects.filter(pk=maria.user_id).update(name=CANARY)
    invited(maria.office, f"{CANARY}@example.gov".lower())
    return maria


def operators_addresses() -> Iterator[URLPattern]:
    def walk(patterns: list[Any]) -> Iterator[URLPattern]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern

    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and resolver.app_name == "admin":
            yield from walk(resolver.url_patterns)


def test_only_configuration_is_registered() -> None:
    assert set(admin.site._registry) == CONFIGURATION


@pytest.mark.parametrize(
    "model", apps.get_models(include_auto_created=True), ids=lambda model: model._meta.label
)
def test_no_other_model_has_a_page(client_for: ClientFor, operator: User, model: type[models.Model]) -> None:
    """By address, whatever is registered: a page of a library would be found here too."""
    if model in CONFIGURATION:
        return
    named, browser = f"{model._meta.app_label}_{model._meta.model_name}", client_for(operator)
    for page in ("changelist", "add"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{named}_{page}")
    where = f"/operator/{model._meta.app_label}/{model._meta.model_name}/"
    for address in (where, f"{where}1/change/", f"{where}1/delete/", f"{where}1/history/", f"{where}add/"):
        assert browser.get(address).status_code == 404, address


def test_every_address_of_the_operator_shows_none_of_the_content(
    client_for: ClientFor, operator: User, content: Member
) -> None:
    browser, opened = client_for(operator), 0
    make_division()
    for pattern in operators_addresses():
        for given in _arguments(pattern, content.office):
            try:
                address = reverse(f"admin:{pattern.name}", kwargs=given)
            except NoReverseMatch:
                continue
            for method in ("get", "post"):
                answer = getattr(browser, method)(address)
                if address.endswith("logout/"):
                    browser = client_for(operator)
                assert answer.status_code < 500, address
                said = getattr(answer, "content", b"").decode(errors="replace")
                assert CANARY.lower() not in said.lower(), address
                opened += 1
    assert opened > 20, "the walk went nowhere"


def _arguments(pattern: URLPattern, office: Office) -> Iterator[dict[str, Any]]:
    division = office.division
    assert division
    yield {}
    for pk in (office.pk, division.pk):
        yield {"object_id": pk}
        yield {"content_type_id": pk, "object_id": pk}
    for label in ("accounts", "activity", "engagements", "briefings", "counterparts"):
        yield {"app_label": label}
    yield {"url": "engagements/engagement/"}


def test_every_other_page_answers_an_operator_without_content(
    client_for: ClientFor, operator: User, content: Member
) -> None:
    browser = client_for(operator)
    for name in ("home", "engagements:list", "briefings:mine", "activity:log", "accounts:office"):
        answer = browser.get(reverse(name))
        assert answer.status_code == 403, name
        assert CANARY not in answer.content.decode(), name
    assert browser.get("/api/v1/engagements/").status_code == 403


def test_what_an_operator_does_to_an_office_is_in_the_log(client_for: ClientFor, operator: User) -> None:
    browser = client_for(operator)
    said = {
        "name": "Ohio Office",
        "short_name": "Ohio",
        "level": "state",
        "time_zone": "America/New_York",
        "opened_on": "2026-01-01",
    }
    browser.post(reverse("admin:accounts_office_add"), said)
    where = reverse("admin:accounts_office_change", args=[Office.objects.get().pk])
    browser.post(where, said | {"short_name": "OH"})
    lines = list(Entry.objects.order_by("pk").values_list("kind", "actor"))
    assert lines == [("accounts.office_opened", operator.pk), ("accounts.office_changed", operator.pk)]


def test_a_member_is_kept_out_of_the_configuration(lee: Member, client_for: ClientFor) -> None:
    for browser in (client_for(lee), Client()):
        for pattern in operators_addresses():
            try:
                address = reverse(f"admin:{pattern.name}")
            except NoReverseMatch:
                continue
            assert browser.get(address).status_code in {302, 403, 404}, address
