"""What one office passes to another: who reads and answers it, what it never does, and what it never tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction
from django.db.utils import IntegrityError

from accounts import actions as accounts
from accounts.models import Member, Office, User
from activity import timeline
from activity.models import Entry, Notice
from counterparts import actions as register
from diplomacy.lib import washington
from diplomacy.lib.errors import Conflict, Forbidden, Invalid, Stale
from diplomacy.lib.references import new_reference
from diplomacy.lib.rls import reading_as
from engagements import actions, rules
from engagements.models import Engagement, Referral, ReferralEngagement
from tests.factories import engagements as make
from tests.factories import referrals as refer
from tests.factories.accounts import make_member, make_office

pytestmark = pytest.mark.django_db

PEOPLE = (
    *("maria", "lee", "gov", "tom", "ana", "liaison", "desk_lead", "other_liaison", "briefer", "auditor"),
    *("operator", "outsider"),
)


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {name: request.getfixturevalue(name) for name in PEOPLE}


def account(person: Member | User) -> User:
    return User.objects.get(pk=person.user_id if isinstance(person, Member) else person.pk)


def readers_of(referral: Referral, cast: dict[str, Any]) -> set[str]:
    """By the filter, and by PostgreSQL without one: they must agree."""
    found = set()
    for name, person in cast.items():
        user = account(person)
        sees = Referral.objects.visible_to(user).filter(pk=referral.pk).exists()
        with reading_as(user):
            assert Referral.objects.filter(pk=referral.pk).exists() == sees, name
            of_whom = Referral.counterparts.through.objects.filter(referral=referral.pk)
            assert of_whom.exists() == (sees and bool(referral.counterparts)), name
        if sees:
            found.add(name)
    return found


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(entry__kind=kind).values_list("recipient", flat=True))


# Who reads it ---------------------------------------------------------------------------------------------------------


def test_whom_a_referral_names_is_whom_they_were_merged_into_meanwhile(
    maria: Member, lee: Member, tom: Member
) -> None:
    kept, gone = make.counterpart(maria), make.counterpart(maria, name="Government of BC")
    matter = refer.matter(maria, tom.office, counterparts=[gone])
    register.merge(kept, gone, by=lee)
    assert list(actions.refer(matter, by=maria).counterparts.all()) == [kept]


def test_the_two_offices_read_it_and_nobody_else(cast: dict[str, Any]) -> None:
    referral = refer.referred(cast["maria"], cast["tom"].office)
    assert readers_of(referral, cast) == {"maria", "lee", "gov", "tom"}
    assert not Referral.objects.visible_to(AnonymousUser()).exists()


def test_of_a_desk_those_who_advise_read_it_and_no_other_desk(cast: dict[str, Any]) -> None:
    referral = refer.referred(cast["maria"], cast["liaison"].office)
    assert readers_of(referral, cast) == {"maria", "lee", "gov", "liaison", "desk_lead"}


def test_no_state_of_it_changes_who_reads_it(cast: dict[str, Any], maria: Member, tom: Member) -> None:
    made = [
        refer.taken_up(maria, tom),
        refer.declined(maria, tom),
        refer.closed(maria, tom),
        actions.withdraw_referral(refer.referred(maria, tom.office), by=maria),
    ]
    for referral in made:
        assert readers_of(referral, cast) == {"maria", "lee", "gov", "tom"}, referral.status


def test_who_is_removed_reads_it_no_more(maria: Member, lee: Member, tom: Member) -> None:
    referral = refer.referred(maria, tom.office)
    assert Referral.objects.visible_to(account(maria)).filter(pk=referral.pk).exists()
    accounts.end_member(maria, by=lee)
    assert not Referral.objects.visible_to(account(maria)).filter(pk=referral.pk).exists()


def test_lines_and_notices_are_for_the_two_offices_alone(maria: Member, tom: Member, ana: Member) -> None:
    referral = refer.taken_up(maria, tom)
    for person in (maria, tom):
        with reading_as(account(person)):
            assert [line.kind for line in timeline.of(referral, person.user)] == [
                "engagements.referral_taken_up",
                "engagements.referred",
            ]
    with reading_as(account(ana)):
        assert not Entry.objects.about(referral).exists()


def test_no_content_of_it_stands_in_the_log(maria: Member, tom: Member) -> None:
    words = "CANARY-7Q"
    said = {"subject": words, "text": words, "counterpart_name": words}
    referral = refer.taken_up(maria, tom, **said)
    actions.close_referral(referral, by=tom, outcome="nothing", text=words)
    actions.correct_referral(referral, by=tom, outcome="contact", text=words)
    actions.decline_referral(refer.referred(maria, tom.office, **said), by=tom, reason=words)
    assert Entry.objects.filter(kind__startswith="engagements.refer").count() == 6
    assert words not in str(list(Entry.objects.values_list("data", flat=True)))


# Who sends, and what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["gov", "liaison", "desk_lead", "briefer", "auditor"])
def test_only_staff_and_leads_of_an_office_refer(
    who: str, tom: Member, request: pytest.FixtureRequest, maria: Member
) -> None:
    """No federal user, whatever their role: a desk is asked, and answers."""
    with pytest.raises(Forbidden):
        actions.refer(refer.matter(maria, tom.office), by=request.getfixturevalue(who))
    assert not Referral.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"text": "\n"}, "text"),
        ({"counterparts": [], "counterpart_name": " "}, "counterparts"),
        ({"useful_by": make.in_days(-2)}, "useful_by"),
    ],
)
def test_what_is_missing_is_named(maria: Member, tom: Member, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        refer.referred(maria, tom.office, **fields)
    assert list(refused.value.fields) == [field]


def test_it_goes_to_another_office_that_is_open(maria: Member, oversight: Office) -> None:
    closed = make_office(closed_on=washington.today() - timedelta(days=1), opened_on=make.in_days(-9))
    for office in (maria.office, closed, oversight):
        with pytest.raises(Invalid) as refused:
            refer.referred(maria, office)
        assert list(refused.value.fields) == ["receiver"], office


def test_whom_to_ask_serves_in_the_office_that_sends_it(maria: Member, lee: Member, tom: Member) -> None:
    assert refer.referred(maria, tom.office).contact == maria
    assert refer.referred(maria, tom.office, contact=lee).contact == lee
    with pytest.raises(Invalid):
        refer.referred(maria, tom.office, contact=tom)


def test_somebody_who_is_not_on_the_register_is_named_in_words_and_not_put_there(
    maria: Member, tom: Member
) -> None:
    referral = refer.referred(maria, tom.office, counterpart_name="A port authority we do not know")
    assert not referral.counterparts.exists()
    assert not Entry.objects.filter(kind="counterparts.added").exists()


# What becomes of it ----------------------------------------------------------------------------------------------------


def test_each_move_is_one_side_s_and_from_one_status(
    cast: dict[str, Any], maria: Member, tom: Member
) -> None:
    """Every person, every move, every state: against a table of its own."""
    states: dict[str, Callable[[], Referral]] = {
        "sent": lambda: refer.referred(maria, tom.office),
        "taken_up": lambda: refer.taken_up(maria, tom),
        "declined": lambda: refer.declined(maria, tom),
        "closed": lambda: refer.closed(maria, tom),
        "withdrawn": lambda: actions.withdraw_referral(refer.referred(maria, tom.office), by=maria),
    }
    may = {
        "take_up": ({"tom"}, "sent"),
        "decline": ({"tom"}, "sent"),
        "close": ({"tom"}, "taken_up"),
        "correct": ({"tom"}, "closed"),
        "plan": ({"tom"}, "taken_up"),
        "withdraw": ({"maria", "lee"}, "sent"),
    }
    members = {name: one for name, one in cast.items() if isinstance(one, Member) and name != "outsider"}
    for status, made in states.items():
        referral = made()
        assert referral.status == status
        for move, (people, before) in may.items():
            for name, person in members.items():
                allowed = rules.may_refer(move, referral, person)
                assert allowed == (name in people and status == before), (status, move, name)


def test_a_desk_answers_as_an_office_does_and_plans_nothing(
    maria: Member, liaison: Member, desk_lead: Member, other_liaison: Member, briefer: Member
) -> None:
    referral = refer.referred(maria, liaison.office)
    for who in (other_liaison, briefer, maria):
        with pytest.raises(Forbidden):
            actions.take_up_referral(referral, by=who)
    actions.take_up_referral(referral, by=liaison)
    with pytest.raises(Forbidden):
        actions.plan_from_referral(referral, by=liaison)
    held = actions.close_referral(
        referral, by=desk_lead, outcome="passed_on", text="The embassy writes to you."
    )
    assert (held.answered_by, held.closed_by, held.status) == (liaison, desk_lead, "closed")


def test_answers_do_not_change_any_engagement(maria: Member, tom: Member, liaison: Member) -> None:
    ours, theirs = make.filed(maria), make.filed(tom)
    before = list(Engagement.objects.order_by("pk").values())
    for receiver in (tom, liaison):
        refer.closed(maria, receiver, engagement=ours)
        refer.declined(maria, receiver, engagement=ours)
    referral = refer.taken_up(maria, tom)
    actions.close_referral(referral, by=tom, outcome="planned", text="In May.", engagement=theirs)
    assert list(Engagement.objects.order_by("pk").values()) == before


def test_a_late_answer_is_accepted_and_nothing_ends_by_itself(maria: Member, tom: Member) -> None:
    referral = refer.referred(maria, tom.office, useful_by=make.in_days(0))
    Referral.objects.update(useful_by=make.in_days(-300))
    actions.lapse_overdue()
    assert actions.take_up_referral(referral, by=tom).status == "taken_up"


def test_what_was_read_before_somebody_answered_is_stale(maria: Member, lee: Member, tom: Member) -> None:
    referral = refer.referred(maria, tom.office)
    actions.take_up_referral(referral, by=tom, version=1)
    with pytest.raises(Stale):
        actions.withdraw_referral(referral, by=lee, version=1)
    with pytest.raises(Conflict):
        actions.withdraw_referral(referral, by=lee)


def test_a_reason_and_an_outcome_are_said_in_words(maria: Member, tom: Member) -> None:
    referral = refer.referred(maria, tom.office)
    with pytest.raises(Invalid):
        actions.decline_referral(referral, by=tom, reason="  ")
    taken = actions.take_up_referral(referral, by=tom)
    with pytest.raises(Invalid):
        actions.close_referral(taken, by=tom, outcome="contact", text=" ")
    assert Referral.objects.get().status == "taken_up"


@pytest.mark.parametrize("change", [{"status": "declined"}, {"status": "closed"}, {"federal_reads": True}])
def test_the_database_holds_it_too(maria: Member, tom: Member, change: dict[str, Any]) -> None:
    refer.referred(maria, tom.office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.update(**change)


def test_an_engagement_planned_from_it_is_a_draft_of_the_receiver_that_the_sender_never_hears_of(
    maria: Member, tom: Member
) -> None:
    referral = refer.taken_up(maria, tom)
    before = timeline.of(referral, maria.user)
    draft, is_new = actions.plan_from_referral(referral, by=tom)
    assert is_new
    assert (draft.office, draft.status, draft.title) == (tom.office, "draft", referral.subject)
    assert list(draft.counterparts.all()) == list(referral.counterparts.all())
    assert not Engagement.objects.visible_to(account(maria)).filter(pk=draft.pk).exists()
    assert timeline.of(referral, maria.user) == before
    referral.refresh_from_db()
    assert referral.status == "taken_up"


def test_what_is_planned_from_it_is_kept_and_pressed_again_it_is_the_same(
    maria: Member, tom: Member, ana: Member
) -> None:
    referral, lead = refer.taken_up(maria, tom), make_member(tom.office, "lead")
    draft, _ = actions.plan_from_referral(referral, by=tom)
    assert actions.plan_from_referral(referral, by=lead) == (draft, False)
    assert (links_for(tom, referral), links_for(maria, referral), links_for(ana, referral)) == (1, 0, 0)
    actions.cancel(draft, by=tom, reason="A slip.")
    again, is_new = actions.plan_from_referral(referral, by=tom)
    assert is_new
    assert again != draft
    assert Engagement.objects.count() == 2


def test_a_plan_that_is_kept_from_a_colleague_is_for_them_as_if_there_were_none(
    maria: Member, tom: Member
) -> None:
    tess, referral = make_member(tom.office, "lead"), refer.taken_up(maria, tom)
    kept = actions.share(make.filed(tess), by=tess, visibility="restricted")
    ReferralEngagement.objects.create(referral=referral, engagement=kept, part="led_to")
    assert (links_for(tess, referral), links_for(tom, referral)) == (1, 0)
    own, is_new = actions.plan_from_referral(referral, by=tom)
    assert is_new
    assert actions.plan_from_referral(referral, by=tom) == (own, False)
    actions.close_referral(referral, by=tom, outcome="planned", text="In May.", engagement=own)
    assert (links_for(tess, referral), links_for(tom, referral)) == (2, 1)
    actions.correct_referral(referral, by=tom, outcome="nothing", text="They do not come.")
    assert (links_for(tess, referral), links_for(tom, referral)) == (1, 0), "what one may not read one leaves"


def test_whoever_says_that_an_engagement_is_planned_is_asked_which(
    maria: Member, tom: Member, liaison: Member
) -> None:
    first = refer.taken_up(maria, tom)
    said: dict[str, Any] = {"outcome": "planned", "text": "In May."}
    actions.close_referral(first, by=tom, **said)  # none is there yet that could be named
    plan = make.filed(tom)
    second, third = refer.taken_up(maria, tom), refer.taken_up(maria, tom)
    with pytest.raises(Invalid) as refused:
        actions.close_referral(second, by=tom, **said)
    assert list(refused.value.fields) == ["engagement"]
    assert actions.close_referral(second, by=tom, is_unnamed=True, **said).status == "closed"
    actions.close_referral(third, by=tom, engagement=plan, **said)
    assert links_for(tom, third) == 1
    actions.close_referral(refer.taken_up(maria, liaison), by=liaison, **said)  # a desk plans nothing


def test_whether_a_colleague_keeps_an_engagement_to_themselves_is_not_to_be_found_out_by_closing(
    maria: Member, tom: Member
) -> None:
    tess = make_member(tom.office, "lead")
    actions.share(make.filed(tess), by=tess, visibility="restricted")
    said: dict[str, Any] = {"outcome": "planned", "text": "In May."}
    assert actions.close_referral(refer.taken_up(maria, tom), by=tom, **said).status == "closed"
    with pytest.raises(Invalid):
        actions.close_referral(refer.taken_up(maria, tom), by=tess, **said)


def test_who_closed_it_corrects_it_and_what_was_said_before_stays(
    cast: dict[str, Any], maria: Member, tom: Member
) -> None:
    tess = make_member(tom.office, "lead", name="Tess Lead")
    closed, plan = refer.closed(maria, tom), make.filed(tom)
    held = actions.correct_referral(
        closed, by=tess, outcome="planned", text="They come in May.", engagement=plan, version=3
    )
    assert (held.outcome, held.outcome_text, held.closed_by, held.version) == (
        "planned", "They come in May.", tess, 4,
    )  # fmt: skip
    (before,) = held.said_before
    assert (before.outcome, before.text, before.by) == (
        "Contact was made", "We sent them three names.", str(tom.user)
    )  # fmt: skip
    assert links_for(tom, held) == 1
    assert told("engagements.referral_corrected") == {maria.user_id}
    assert timeline.of(held, maria.user)[0].kind == "engagements.referral_corrected"
    assert readers_of(held, cast) == {"maria", "lee", "gov", "tom"}
    other = make.filed(tom)
    actions.correct_referral(held, by=tom, outcome="planned", text="They come in May.", engagement=other)
    assert list(ReferralEngagement.objects.values_list("engagement", flat=True)) == [other.pk]
    actions.correct_referral(held, by=tom, outcome="nothing", text="They stay at home.")
    assert not ReferralEngagement.objects.exists()
    assert [one.outcome for one in Referral.objects.get().said_before] == [
        "An engagement is planned", "An engagement is planned", "Contact was made"
    ]  # fmt: skip


def test_a_correction_takes_away_what_it_replaces_and_leaves_what_colleagues_began_or_keep(
    maria: Member, tom: Member
) -> None:
    tess, referral = make_member(tom.office, "lead"), refer.taken_up(maria, tom)
    begun, _ = actions.plan_from_referral(referral, by=tess)
    kept = actions.share(make.filed(tess), by=tess, visibility="restricted")
    ReferralEngagement.objects.create(referral=referral, engagement=kept, part="led_to")
    actions.close_referral(referral, by=tess, outcome="contact", text="We wrote to them.")
    first, second = make.filed(tom), make.filed(tom)
    said: list[tuple[str, Engagement | None, set[Engagement]]] = [
        ("planned", first, {first}),
        ("planned", second, {second}),
        ("nothing", None, set()),
        ("planned", second, {second}),
        ("contact", None, set()),
    ]
    for number, (outcome, engagement, named) in enumerate(said):
        with reading_as(account(tom)):
            actions.correct_referral(
                referral, by=tom, outcome=outcome, text=f"Again: {number}.", engagement=engagement
            )
        links = ReferralEngagement.objects.filter(referral=referral).select_related("engagement")
        assert {link.engagement for link in links} == {begun, kept} | named, number


def test_a_plan_that_cannot_be_named_takes_away_none_that_was_begun(maria: Member, tom: Member) -> None:
    tess, referral = make_member(tom.office, "lead"), refer.taken_up(maria, tom)
    begun, _ = actions.plan_from_referral(referral, by=tess)
    actions.close_referral(referral, by=tess, outcome="contact", text="We wrote to them.")
    actions.correct_referral(referral, by=tom, outcome="planned", text="In May.", is_unnamed=True)
    assert actions.planned_from(referral, by=tom) == begun


def test_what_is_no_correction_or_an_old_one_changes_nothing(
    maria: Member, lee: Member, tom: Member, liaison: Member
) -> None:
    closed = refer.closed(maria, tom)
    before = Referral.objects.values().get()
    same: dict[str, Any] = {"outcome": closed.outcome, "text": closed.outcome_text}
    with pytest.raises(Invalid):
        actions.correct_referral(closed, by=tom, **same)
    with pytest.raises(Invalid):
        actions.correct_referral(closed, by=tom, outcome="nothing", text=" ")
    with pytest.raises(Stale):
        actions.correct_referral(closed, by=tom, outcome="nothing", text="They left.", version=2)
    for person in (maria, lee, liaison):
        with pytest.raises(Forbidden):
            actions.correct_referral(closed, by=person, outcome="nothing", text="They left.")
    with pytest.raises(Conflict):
        actions.correct_referral(refer.taken_up(maria, tom), by=tom, outcome="nothing", text="They left.")
    assert Referral.objects.filter(pk=closed.pk).values().get() == before
    assert not Entry.objects.filter(kind="engagements.referral_corrected").exists()


# Who is told -----------------------------------------------------------------------------------------------------------


def test_leads_hear_of_a_new_one_and_writer_and_contact_of_what_follows(
    maria: Member, lee: Member, gov: Member, tom: Member
) -> None:
    tess = make_member(tom.office, "lead", name="Tess Lead")
    make_member(tom.office, "reader")
    referral = refer.referred(maria, tom.office, contact=lee)
    assert told("engagements.referred") == {tess.user_id}
    actions.take_up_referral(referral, by=tess)
    assert told("engagements.referral_taken_up") == {maria.user_id, lee.user_id}
    actions.close_referral(referral, by=tom, outcome="contact", text="We wrote to them.")
    assert told("engagements.referral_closed") == {maria.user_id, lee.user_id}
    actions.decline_referral(refer.referred(maria, tom.office), by=tess, reason="No port.")
    assert told("engagements.referral_declined") == {maria.user_id}
    actions.withdraw_referral(refer.referred(maria, tom.office), by=lee)
    assert told("engagements.referral_withdrawn") == {tess.user_id}


def test_a_desk_s_liaisons_hear_of_it_and_its_briefers_do_not(
    maria: Member, liaison: Member, desk_lead: Member, briefer: Member, other_liaison: Member
) -> None:
    refer.referred(maria, liaison.office)
    assert told("engagements.referred") == {liaison.user_id, desk_lead.user_id}


def test_when_writer_and_contact_are_gone_the_leads_hear(maria: Member, lee: Member, tom: Member) -> None:
    referral = refer.referred(maria, tom.office)
    accounts.end_member(maria, by=lee)
    actions.take_up_referral(referral, by=tom)
    assert told("engagements.referral_taken_up") == {lee.user_id}


# Engagements beside it -------------------------------------------------------------------------------------------------


def links_for(person: Member | User, referral: Referral) -> int:
    user = account(person)
    rows = ReferralEngagement.objects.filter(referral=referral.pk)
    found: int = rows.visible_to(user).count()
    with reading_as(user):
        assert rows.count() == found, person
    return found


def test_the_engagement_it_came_from_shows_to_who_may_read_it_anyway(cast: dict[str, Any]) -> None:
    maria, lee, tom = cast["maria"], cast["lee"], cast["tom"]
    cases = {
        "draft": (make.drafted(maria), {"maria", "lee", "gov"}),
        "filed": (make.filed(maria), {"maria", "lee", "gov"}),
        "shared": (
            actions.share(make.filed(maria), by=maria, visibility="shared", offices=[tom.office]),
            {"maria", "lee", "gov", "tom"},
        ),
        "restricted": (actions.share(make.filed(lee), by=lee, visibility="restricted"), {"lee"}),
    }
    for name, (engagement, readers) in cases.items():
        by = lee if name == "restricted" else maria
        referral = refer.referred(by, tom.office, engagement=engagement)
        seen = {who for who, person in cast.items() if links_for(person, referral)}
        assert seen == readers, name
        assert not Engagement.objects.visible_to(account(cast["ana"])).filter(pk=engagement.pk).exists()


def test_an_engagement_restricted_later_is_gone_from_the_referral_for_the_rest(
    maria: Member, lee: Member, tom: Member
) -> None:
    engagement = make.filed(lee, visibility="public")
    referral = refer.referred(lee, tom.office, engagement=engagement)
    assert links_for(tom, referral) == links_for(maria, referral) == 1
    actions.share(Engagement.objects.get(pk=engagement.pk), by=lee, visibility="restricted")
    assert links_for(tom, referral) == links_for(maria, referral) == 0
    assert links_for(lee, referral) == 1


def test_desks_read_the_referral_s_engagement_only_as_they_read_any(
    maria: Member, lee: Member, liaison: Member
) -> None:
    filed, restricted = make.filed(lee), actions.share(make.filed(lee), by=lee, visibility="restricted")
    for engagement, seen in ((filed, 1), (restricted, 0)):
        assert links_for(liaison, refer.referred(lee, liaison.office, engagement=engagement)) == seen


def test_nobody_names_an_engagement_of_another_office(maria: Member, tom: Member) -> None:
    theirs, public = make.filed(tom), make.filed(maria, visibility="public")
    with pytest.raises(Invalid):
        refer.referred(maria, tom.office, engagement=theirs)
    referral = refer.taken_up(maria, tom)
    with pytest.raises(Invalid):
        actions.close_referral(referral, by=tom, outcome="planned", text="In May.", engagement=public)
    with pytest.raises(Invalid):
        actions.close_referral(referral, by=tom, outcome="contact", text="In May.", engagement=theirs)
    assert not ReferralEngagement.objects.exists()


def test_a_merge_of_counterparts_takes_referrals_along_and_back(
    maria: Member, tom: Member, liaison: Member
) -> None:
    kept, gone = make.counterpart(maria, name="Port board"), make.counterpart(maria, name="Board of the port")
    referral = refer.referred(maria, tom.office, counterparts=[gone])
    merge = register.merge(kept, gone, by=liaison)
    assert list(referral.counterparts.all()) == [kept]
    register.undo_merge(merge, by=liaison)
    assert [body.pk for body in referral.counterparts.all()] == [gone.pk]


# The database, when the application forgets ---------------------------------------------------------------------------


def refused_as(person: Member, act: Callable[[], int]) -> bool:
    with reading_as(account(person)):
        try:
            with transaction.atomic():
                return act() == 0
        except DatabaseError:
            return True


def test_postgresql_lets_only_the_two_sides_write_and_nobody_remove(cast: dict[str, Any]) -> None:
    referral = refer.referred(cast["maria"], cast["tom"].office)
    rows = Referral.objects.filter(pk=referral.pk)
    members = {name: one for name, one in cast.items() if isinstance(one, Member)}
    for name, person in members.items():
        writes = name in {"maria", "lee", "tom"}
        assert refused_as(person, lambda: rows.update(reason="")) is not writes, name
        assert refused_as(person, lambda: rows._raw_delete("default")), name


def test_postgresql_lets_nobody_send_in_another_office_s_name(
    maria: Member, tom: Member, liaison: Member
) -> None:
    forged = refer.referred(maria, tom.office)

    def forge() -> int:
        forged.pk, forged.reference = None, new_reference("RF")
        forged.save(force_insert=True)
        return 1

    assert not refused_as(maria, forge)
    for person in (tom, liaison):
        assert refused_as(person, forge)
