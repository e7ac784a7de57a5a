from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any, NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Coalition, Member, Office, User
from activity.models import Entry, Notice
from briefings.choices import Label
from briefings.choices import Status as Briefed
from briefings.models import Briefing, Delivery
from counterparts import screening
from counterparts.models import Alike, Counterpart, CountryGuidance, Hit, ListEdition, Listing
from diplomacy.lib.rls import system
from engagements.choices import AdviceStatus, Position, ReferralStatus, ResponseKind, Status, Visibility
from engagements.models import (
    Advice,
    AdviceRequest,
    AdviceResponse,
    AttentionFlag,
    Commitment,
    DeskNote,
    Engagement,
    Referral,
)

MODELS: list[type[models.Model]] = [
    Office,
    User,
    Member,
    Counterpart,
    Engagement,
    AdviceRequest,
    Entry,
    Notice,
]


def load() -> str:
    said = StringIO()
    with override_settings(DEMO=True):
        call_command("load_demo", stdout=said)
    return said.getvalue()


def counts() -> list[int]:
    return [model._default_manager.count() for model in MODELS]


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests here, which only read, and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        with system("tests"):
            yield
        transaction.set_rollback(True)


def test_it_is_as_large_as_promised() -> None:
    assert Office.objects.filter(is_desk=True).count() in range(5, 7)
    assert Office.objects.filter(level="state").count() == 8
    assert Office.objects.filter(level="city").count() == 12
    assert Engagement.objects.count() >= 60
    assert Counterpart.objects.count() >= 40
    assert User.objects.count() >= 45


def test_a_second_load_changes_nothing_and_says_so() -> None:
    before = counts()
    assert "Nothing was changed" in load()
    assert counts() == before


def test_it_is_refused_outside_demo_mode() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError):
        call_command("load_demo")


def test_every_state_of_the_main_job_occurs() -> None:
    def held(queryset: Any, field: str) -> set[str]:
        return set(queryset.values_list(field, flat=True))

    assert held(Engagement.objects, "status") == set(Status.values)
    assert held(Engagement.objects, "visibility") == set(Visibility.values)
    assert held(AdviceRequest.objects, "status") == set(AdviceStatus.values)
    assert held(Advice.objects, "position") == set(Position.values)
    assert held(AdviceResponse.objects, "kind") == set(ResponseKind.values)
    assert Engagement.objects.filter(is_filed_late=True).exists()
    assert Commitment.objects.filter(closed_at=None).exists()
    assert Commitment.objects.filter(closed_at__isnull=False).exists()
    assert Advice.objects.filter(released_at=None).exists()
    assert held(Briefing.objects, "status") == set(Briefed.values)
    assert held(Referral.objects, "status") == set(ReferralStatus.values)
    assert Delivery.objects.filter(opened_at=None).exists()
    assert Delivery.objects.filter(opened_at__isnull=False, acknowledged_at=None).exists()
    assert Delivery.objects.filter(acknowledged_at__isnull=False).exists()


def test_the_log_runs_in_the_order_of_its_days_and_ends_before_now() -> None:
    written = list(Entry.objects.order_by("id").values_list("at", flat=True))
    assert written == sorted(written)
    assert written[-1] < datetime.now(UTC)
    assert len({moment.date() for moment in written}) > 60
    sent = Referral.objects.order_by("sent_at").first()
    assert sent
    assert Entry.objects.about(sent).order_by("id")[0].at == sent.sent_at, "a line stands on its record's day"


def test_nobody_is_mailed() -> None:
    assert not Notice.objects.filter(mail=Notice.Mail.DUE).exists()


def test_one_counterpart_is_courted_by_two_offices_within_a_month() -> None:
    meets = Engagement.objects.filter(status="filed").values_list(
        "counterparts__parent", "counterparts", "office"
    )
    offices: dict[int, set[int]] = {}
    for parent, counterpart, office in meets:
        offices.setdefault(parent or counterpart, set()).add(office)
    assert sum(len(found) > 1 for found in offices.values()) >= 4


class Facts(NamedTuple):
    """What the table of who reads what asks of an engagement, in plain words and without any reader key."""

    engagement: Engagement
    people: set[int]
    offices: set[int]
    desks: set[int]


def facts(engagement: Engagement) -> Facts:
    groups = engagement.named_groups.values_list("group_id", flat=True)
    direct = Office.objects.filter(group__in=groups).values_list("pk", flat=True)
    coalitions = Coalition.objects.filter(group__in=groups)
    members = Office.objects.filter(coalitions__in=coalitions).values_list("pk", flat=True)
    people = engagement.named_people.values_list("user_id", flat=True)
    desks = engagement.advice_requests.values_list("desk_id", flat=True)
    return Facts(engagement, set(people), {*direct, *members}, set(desks))


def may_read(user: User, known: Facts) -> bool:
    serving = [member for member in user.standing if member.role != "auditor"]
    offices, engagement = {member.office_id for member in serving}, known.engagement
    is_own, is_named = engagement.office_id in offices, user.pk in known.people
    if engagement.filed_at is None:
        return is_own
    if engagement.visibility == Visibility.RESTRICTED:
        return is_named or any(m.role == "desk_lead" and m.office_id in known.desks for m in serving)
    if any(member.role in {"liaison", "desk_lead"} for member in serving):
        return True
    if engagement.visibility == Visibility.SHARED and (is_named or offices & known.offices):
        return True
    return is_own or (engagement.visibility == Visibility.PUBLIC and bool(serving))


def test_everyone_sees_what_is_theirs_and_nothing_else() -> None:
    known = [facts(engagement) for engagement in Engagement.objects.all()]
    for user in User.objects.all():
        seen = set(Engagement.objects.visible_to(user).values_list("pk", flat=True))
        assert seen == {fact.engagement.pk for fact in known if may_read(user, fact)}, user


def test_unreleased_advice_and_desk_notes_stay_in_the_desk() -> None:
    inside: list[Advice | DeskNote] = [*Advice.objects.filter(released_at=None), *DeskNote.objects.all()]
    assert inside
    for user in User.objects.all():
        desks = {m.office_id for m in user.standing if m.role in {"liaison", "desk_lead"}}
        for row in inside:
            seen = type(row).objects.visible_to(user).filter(pk=row.pk).exists()
            assert not seen or row.request.desk_id in desks


def test_red_sections_reach_the_people_named_and_nobody_else() -> None:
    copies = Delivery.objects.filter(sections__label=Label.RED).select_related("briefing", "recipient")
    assert copies
    for copy in copies:
        named = copy.briefing.audience.filter(kind="person").values_list("user_id", flat=True)
        assert copy.recipient_id in named


def test_guidance_of_two_desks_shows_with_an_older_version() -> None:
    in_force = CountryGuidance.objects.in_force()
    assert {piece.country for piece in in_force} == {"MX", "JP"}
    assert in_force.values("desk").distinct().count() == 2
    assert {piece.kind for piece in in_force} >= {"courtesy", "caution"}
    assert in_force.filter(number=2, replaces__number=1).exists()
    assert AttentionFlag.objects.filter(rule="country_guidance").exists()


def test_protocol_notes_are_there_of_every_kind() -> None:
    noted = [one for one in Counterpart.objects.all() if one.has_protocol]
    assert len(noted) >= 3
    for field in ("address", "precedence", "interpreters", "dietary"):
        assert any(getattr(one, field) for one in noted), field


def test_a_possible_match_is_open_another_was_answered_and_a_registration_is_information() -> None:
    hits = Hit.objects.live().possible()
    open_hits, answered = hits.filter(dispositions=None), hits.exclude(dispositions=None)
    assert [hit.counterpart.name for hit in open_hits] == ["Ivan Examplov"]
    assert [hit.counterpart.name for hit in answered.distinct()] == ["Primerov River Trading"]
    assert Hit.objects.live().get(level="information").counterpart.name == "Formosa Lattice Semiconductor"
    assert AttentionFlag.objects.filter(rule="possible_listing").exists()
    assert not Counterpart.objects.due(screening.mark()).exists(), "nothing is left to be compared"


def test_two_that_are_one_and_two_that_are_not_wait_among_the_duplicates() -> None:
    pairs = {frozenset((pair.first.name, pair.second.name)) for pair in Alike.objects.in_rows()}
    assert frozenset(("City of Tijuana", "Tijuana City Government")) in pairs
    assert len(pairs) == 2


def test_no_list_of_it_can_be_taken_for_a_real_one() -> None:
    for edition in ListEdition.objects.all():
        assert (edition.state, edition.refused) == ("loaded", 0)
        assert "invented example" in edition.notes[0]
        assert all(name.startswith("invented-example") for name in edition.files)
    said = [*Listing.objects.filter(source="csl").values_list("list_name", "remarks")]
    assert (
        said == [("Invented example, no real list", "Invented for the demonstration. On no real list.")] * 4
    )


def test_its_people_are_met_in_every_role() -> None:
    assert set(Member.objects.values_list("role", flat=True)) == set(Member.Role.values)
    serving = Counter(Member.objects.values_list("user_id", flat=True))
    assert any(count > 1 for count in serving.values())
    assert User.objects.filter(is_superuser=True, memberships=None).count() == 1
