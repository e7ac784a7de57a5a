"""Content that expires by a schedule, holds that stop it, and a chain that holds all the same."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import Member
from activity import actions, chain, retention
from activity.models import Creation, Entry, Hold, Retention
from diplomacy.lib.errors import Conflict, Forbidden, Invalid
from diplomacy.lib.rls import system
from engagements.models import Engagement
from tests.conftest import ClientFor
from tests.factories import engagements as make

pytestmark = pytest.mark.django_db


def old(by: Member, years: float, kind: str = "engagements.postponed", subject: Any = None) -> Entry:
    """An entry with content, of so many years ago, sealed."""
    entry = Entry(
        kind=kind,
        actor=by.user,
        office=by.office,
        at=timezone.now() - timedelta(days=int(years * 365.25) + 1),
        subject_type="engagements.engagement",
        subject_id=subject.pk if subject else 12345,
        subject_reference=subject.reference if subject else "E-OLD00000",
        data={"reason": "The minister cannot come."},
    )
    with system("activity.record"):
        Entry.objects.bulk_create([entry])
    chain.seal()
    return entry


def again(entry: Entry) -> Entry:
    return Entry.objects.get(pk=entry.pk)


def test_what_is_past_its_years_loses_its_content_and_nothing_else(maria: Member) -> None:
    due, kept = old(maria, 10), old(maria, 9.9)
    assert retention.expire() == 1
    gone = again(due)
    assert (gone.data, gone.salt) == ({}, None)
    assert gone.expired_at is not None
    same = ("kind", "actor_id", "office_id", "at", "subject_reference")
    assert [getattr(gone, name) for name in same] == [getattr(due, name) for name in same]
    assert again(kept).data == {"reason": "The minister cannot come."}


def test_the_chain_holds_after_content_has_expired(maria: Member) -> None:
    for _ in range(5):
        old(maria, 11)
    make.filed(maria)
    chain.seal()
    assert retention.expire() == 5
    chain.seal()
    assert chain.verify().fault is None


def test_that_content_expired_is_an_entry_and_nothing_to_do_is_none(maria: Member) -> None:
    old(maria, 11)
    retention.expire()
    assert Entry.objects.get(kind="activity.content_expired").data == {"entries": 1}
    assert retention.expire() == 0
    assert Entry.objects.filter(kind="activity.content_expired").count() == 1


def test_the_longest_beginning_of_a_kind_decides(maria: Member) -> None:
    failed = old(maria, 3, kind="accounts.sign_in_failed")
    added = old(maria, 3, kind="accounts.member_added")
    refused = old(maria, 2.9, kind="activity.refused")
    assert retention.expire() == 1
    assert [bool(again(entry).data) for entry in (failed, added, refused)] == [False, True, True]


def test_what_has_no_seal_yet_keeps_its_content(maria: Member) -> None:
    entry = old(maria, 11)
    late = Entry(
        kind="engagements.held", at=entry.at, subject_type="x", subject_id=1, data={"reason": "Not sealed"}
    )
    actions._append([late])
    assert retention.expire() == 1
    assert again(late).data == {"reason": "Not sealed"}


# Holds ----------------------------------------------------------------------------------------------------------------


def test_a_hold_keeps_what_its_office_did(maria: Member, lee: Member, tom: Member) -> None:
    ours, theirs = old(maria, 11), old(tom, 11, subject=make.drafted(tom))
    hold = actions.place_hold(office_id=maria.office_id, reason="A lawsuit", by=lee)
    assert retention.expire() == 1
    assert again(ours).data and not again(theirs).data
    actions.lift_hold(hold, by=lee)
    assert retention.expire() == 1
    assert not again(ours).data


def test_a_hold_keeps_what_others_did_to_its_records(maria: Member, lee: Member, liaison: Member) -> None:
    """A desk's line about California's engagement is part of what California must keep."""
    desks = old(liaison, 11, kind="engagements.question_asked", subject=make.filed(maria))
    chain.seal()
    actions.place_hold(office_id=maria.office_id, reason="A lawsuit", by=lee)
    assert retention.expire() == 0
    assert again(desks).data


def test_a_hold_on_one_record_keeps_that_one(maria: Member, lee: Member) -> None:
    named, other = make.filed(maria), make.filed(maria)
    kept, gone = old(maria, 11, subject=named), old(maria, 11, subject=other)
    hold = actions.place_hold(
        office_id=maria.office_id, reason="A request", by=lee, record=f" {named.reference.lower()}"
    )
    assert str(hold) == f"{named.reference} of California International Office"
    assert retention.expire() == 1
    assert again(kept).data and not again(gone).data


def test_a_lead_holds_only_what_their_office_has_a_part_in(maria: Member, lee: Member, tom: Member) -> None:
    theirs: Engagement = make.drafted(tom)
    entry = old(tom, 11, subject=theirs)
    actions.place_hold(office_id=lee.office_id, reason="Curious", by=lee, record=theirs.reference)
    assert retention.expire() == 1
    assert not again(entry).data


def test_only_leads_of_the_office_and_auditors_place_and_lift(
    maria: Member, lee: Member, gov: Member, tom: Member, desk_lead: Member, auditor: Member
) -> None:
    for person in (maria, gov, tom, desk_lead):
        with pytest.raises(Forbidden):
            actions.place_hold(office_id=maria.office_id, reason="x", by=person)
    hold = actions.place_hold(office_id=maria.office_id, reason="x", by=auditor)
    with pytest.raises(Forbidden):
        actions.lift_hold(hold, by=desk_lead)
    actions.lift_hold(hold, by=lee)
    with pytest.raises(Conflict):
        actions.lift_hold(hold, by=lee)
    with pytest.raises(Invalid):
        actions.place_hold(office_id=maria.office_id, reason=" ", by=lee)
    kinds = Entry.objects.about(hold).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["activity.hold_placed", "activity.hold_lifted"]


# The app role against the schedule ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO activity_retention (kind, years, since) VALUES ('', 1, now())",
        "UPDATE activity_retention SET years = 1",
        "DELETE FROM activity_retention",
        "DELETE FROM activity_hold",
        "UPDATE activity_entry SET data = '{}', salt = NULL, expired_at = now()",
    ],
)
def test_the_app_role_cannot_make_the_system_forget(maria: Member, statement: str) -> None:
    entry = old(maria, 1)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert retention.expire() == 0
    assert again(entry).data


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_for_less_than_a_year() -> None:
    with pytest.raises(Invalid):
        retention.set_years("", 0)
    with pytest.raises(IntegrityError), transaction.atomic(using="owner"):
        Retention.objects.using("owner").create(kind="", years=0)


@pytest.mark.django_db(transaction=True)
def test_the_owner_sets_the_schedule_and_it_holds_from_then_on(maria: Member) -> None:
    Retention.objects.using("owner").create(kind="", years=10, since=timezone.now() - timedelta(days=4000))
    entry = old(maria, 5)
    assert retention.expire() == 0
    out = StringIO()
    call_command("set_retention", "engagements.", "4", stdout=out)
    assert "engagements.: 4 years" in out.getvalue()
    assert retention.expire() == 1
    assert not again(entry).data
    call_command("set_retention", "engagements.", "8", stdout=out)
    assert chain.verify().fault is None, "what expired under an earlier schedule expired rightly"
    assert Entry.objects.filter(kind="activity.retention_set").count() == 2
    with pytest.raises(CommandError):
        call_command("set_retention", "engagements.", "0")


# Pages ----------------------------------------------------------------------------------------------------------------


def test_a_lead_places_and_lifts_a_hold_on_the_page(lee: Member, tom: Member, client_for: ClientFor) -> None:
    browser = client_for(lee)
    assert 'name="office"' not in browser.get("/activity/holds/").content.decode()
    assert browser.post("/activity/holds/", {"reason": "A lawsuit", "office": "Texas"}).status_code == 302
    hold = Hold.objects.get()
    assert hold.office_id == lee.office_id
    assert "A lawsuit" in browser.get("/activity/holds/").content.decode()
    assert client_for(tom).get("/activity/holds/").status_code == 404
    assert browser.post(f"/activity/holds/{hold.reference}/lift/").status_code == 302
    hold.refresh_from_db()
    assert hold.lifted_by_id == lee.user_id


def test_an_auditor_names_the_office(auditor: Member, tom: Member, client_for: ClientFor) -> None:
    browser = client_for(auditor)
    said = {"reason": "An audit", "office": "nowhere"}
    assert browser.post("/activity/holds/", said).status_code == 400
    assert browser.post("/activity/holds/", said | {"office": tom.office.name.lower()}).status_code == 302
    assert browser.post("/activity/holds/", said | {"office": tom.office.reference}).status_code == 302
    assert set(Hold.objects.values_list("office", flat=True)) == {tom.office_id}


# Used keys ------------------------------------------------------------------------------------------------------------


def test_used_keys_are_forgotten_after_a_day_and_not_before(maria: Member) -> None:
    for name, hours in (("fresh", 23), ("old", 25)):
        key = Creation.objects.create(user=maria.user, key=name, digest="")
        Creation.objects.filter(pk=key.pk).update(made_at=timezone.now() - timedelta(hours=hours))
    assert actions.forget_keys() == 1
    assert Creation.objects.get().key == "fresh"
