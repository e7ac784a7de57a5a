"""Markup in every text of every record, met on every page: it is text there, and nothing that a browser runs."""

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client

from accounts.models import Member, Office, User
from tests.access import records
from tests.access.addresses import PAGES, Record, Role
from tests.access.test_pages import here
from tests.conftest import ClientFor
from tests.factories import briefings as make_briefings

pytestmark = pytest.mark.django_db
RAW = "<xss"
PAYLOAD = "\"'><xss onload=z>"
ROOMS = {"accounts", "activity", "briefings", "counterparts", "engagements", "records"}
CODES = {"reference", "digest", "password", "time_zone", "mark", "fingerprint", "path", "id", "email", "key"}
REFUSED = (
    "briefings.Briefing.",
    "briefings.Section.",
    "briefings.ReaderQuestion.answer",
    "activity.Entry.",
    "activity.Retention.",
)
"""What PostgreSQL lets nobody change: released briefings have markup from the start, and the log holds no prose."""


def is_text(field: models.Field[object, object]) -> bool:
    if not isinstance(field, (models.CharField, models.TextField)) or field.choices or field.primary_key:
        return False
    return (field.max_length or 1000) >= 30 and field.name not in CODES and "digest" not in field.name


def poison(field: models.Field[object, object]) -> bool:
    """False: PostgreSQL did not let it be changed."""
    rows = field.model._base_manager
    for pk in rows.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                rows.filter(pk=pk).update(**{field.name: f"{PAYLOAD}{pk}"})
        except DatabaseError:
            return False
    return True


@pytest.fixture
def world(
    maria: Member, liaison: Member, gov: Member, briefer: Member, second_briefer: Member
) -> records.World:
    section = make_briefings.section(heading=PAYLOAD, body=f"{PAYLOAD} [x](javascript:alert(1)) {PAYLOAD}")
    make_briefings.delivered(briefer, second_briefer, gov, title=PAYLOAD, sections=[section])
    make_briefings.drafted(briefer, title=PAYLOAD, sections=[section])
    for model, name in ((User, "name"), (Office, "name"), (Office, "short_name")):
        for row in model._default_manager.all():
            model._default_manager.filter(pk=row.pk).update(**{name: f"{PAYLOAD}{row.pk}"})
    world = records.build(maria, liaison, gov, briefer, second_briefer)
    texts = [
        field
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for field in model._meta.concrete_fields
        if is_text(field)
    ]
    assert not [str(field) for field in texts if not str(field).startswith(REFUSED) and not poison(field)]
    return world


def those_who_open(name: str) -> list[str]:
    page = PAGES[name]
    if isinstance(page, Record):
        return sorted(page.seen_by)[:3]
    return (
        sorted(page.open_to)[:2] if isinstance(page, Role) else ["maria", "liaison", "briefer", "gov", "lee"]
    )


def test_no_page_of_anybody_holds_what_a_browser_would_run(
    world: records.World, request: pytest.FixtureRequest, client_for: ClientFor
) -> None:
    shown = 0
    browsers: dict[str, Client] = {}
    for name in PAGES:
        for person in those_who_open(name):
            if person not in browsers:
                browsers[person] = client_for(request.getfixturevalue(person))
            answer = browsers[person].get(here(name, world), follow=True)
            if "html" not in answer.headers.get("Content-Type", ""):
                continue
            text = answer.content.decode()
            assert RAW not in text.lower(), f"{name} for {person}"
            assert 'href="javascript:' not in text, f"{name} for {person}"
            shown += "&lt;xss" in text
    assert shown > 60, "the texts that were poisoned stand on these pages"
