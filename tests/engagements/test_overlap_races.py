"""Two offices at the same moment, on real connections: one overlap, nobody waits for the other for ever, nothing leaks."""

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import connections, transaction

from accounts.models import Member
from activity.models import Entry, Notice
from diplomacy.lib.rls import system
from diplomacy.lib.rls.context import signed
from engagements import actions, watchers
from engagements.actions import crossing, locking
from engagements.models import CoordinatorQuestion, Engagement, Overlap, OverlapSide
from tests.engagements.test_races import at_once
from tests.factories import overlaps as cross
from tests.factories.engagements import in_days

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], object]


def before_either_commits(*acts: Act) -> list[str]:
    """Each has done all that it does before any of them is to be seen."""
    done = threading.Barrier(len(acts), timeout=60)

    def held(act: Act) -> Act:
        def run() -> None:
            with transaction.atomic():
                act()
                done.wait()

        return run

    return at_once(*map(held, acts))


def drafted(by: Member, plan: actions.Plan) -> Engagement:
    return actions.draft(plan, by=by)


def test_two_who_file_at_once_find_each_other_once(maria: Member, tom: Member) -> None:
    met = cross.met_by_all()
    ours, theirs = drafted(maria, cross.plan(met)), drafted(tom, cross.plan(met))
    outcomes = before_either_commits(
        lambda: actions.file(ours, by=maria), lambda: actions.file(theirs, by=tom)
    )
    assert outcomes == ["done", "done"]
    row = Overlap.objects.get()
    assert {row.first_id, row.second_id} == {ours.pk, theirs.pk}
    assert OverlapSide.objects.exclude(readers=[]).count() == 2
    told = Notice.objects.filter(entry__kind="engagements.overlap_found")
    assert sorted(told.values_list("recipient", flat=True)) == sorted([maria.user_id, tom.user_id])


def test_two_changes_that_find_each_other_do_not_wait_in_a_ring(maria: Member, tom: Member) -> None:
    met = cross.met_by_all()
    plans = [cross.filed(maria, met), cross.filed(tom, met)]
    Overlap.objects.all().delete()
    both_hold = threading.Barrier(2, timeout=60)

    def change(plan: Engagement) -> Act:
        def run() -> None:
            with transaction.atomic():
                held = locking.lock(plan)
                both_hold.wait()
                crossing.follow(held)

        return run

    assert at_once(*map(change, plans)) == ["done", "done"]
    assert Overlap.objects.count() == 1


def test_restricting_while_another_office_files_leaves_nothing_open(maria: Member, tom: Member) -> None:
    met = cross.met_by_all()
    ours, theirs = cross.filed(maria, met), drafted(tom, cross.plan(met))
    outcomes = before_either_commits(
        lambda: actions.share(ours, by=maria, visibility="restricted"),
        lambda: actions.file(theirs, by=tom),
    )
    assert outcomes == ["done", "done"]
    assert not Overlap.objects.filter(ended_at=None).exists()
    assert not OverlapSide.objects.exclude(readers=[], cell="nothing").exists()


def test_one_introduction_of_two_at_once(maria: Member, lee: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    asks = [lambda by=by: actions.ask_introduction(here.our_side, by=by) for by in (maria, lee)]
    assert sorted(at_once(*asks)) == ["Conflict", "done"]


def test_a_consent_and_its_withdrawal_at_once_end_in_one_truth(
    maria: Member, tom: Member, lee: Member
) -> None:
    here = cross.crossing(maria, tom)
    actions.ask_introduction(here.our_side, by=maria)
    actions.introduce(here.their_side, by=tom)
    outcomes = at_once(
        lambda: actions.withdraw_introduction(here.their_side, by=tom),
        lambda: actions.write_to_other(here.our_side, by=maria, text="Hello."),
        lambda: actions.withdraw_introduction(here.our_side, by=lee),
    )
    assert outcomes.count("done") >= 1
    now = here.again()
    assert (now.our_side.cell, now.their_side.cell) == ("signal", "signal")
    assert not now.overlap.messages.exclude(readers=[]).exists()
    assert Entry.objects.filter(kind="engagements.overlap_unnamed").count() == 1


def test_both_plans_moved_at_once_cross_on_the_later_of_their_new_days(maria: Member, tom: Member) -> None:
    here = cross.crossing(maria, tom)
    met = here.ours.counterparts.get()

    def move(plan: Engagement, by: Member, days: int) -> Act:
        said = cross.plan(met, starts_on=in_days(days), ends_on=in_days(days))
        return lambda: actions.amend(plan, said, by=by, version=plan.version)

    assert at_once(move(here.ours, maria, 40), move(here.theirs, tom, 42)) == ["done", "done"]
    assert here.again().overlap.crosses_on == in_days(42)


def test_one_question_is_answered_once_and_waits_for_nobody_after_it(
    maria: Member, tom: Member, liaison: Member, other_liaison: Member
) -> None:
    here = cross.crossing(maria, tom)
    asked = actions.ask_coordinator(here.our_side, by=maria, text="Who are they?")
    answers = [
        lambda by=by: actions.answer_office(asked, by=by, text="So.") for by in (liaison, other_liaison)
    ]
    assert sorted(at_once(*answers)) == ["Conflict", "done"]
    questions = CoordinatorQuestion.objects.visible_to(liaison.user)
    assert not Overlap.objects.visible_to(liaison.user).open().waiting(questions).exists()


def test_an_answer_to_an_office_and_a_change_of_what_it_sees_do_not_wait_in_a_ring(
    maria: Member, tom: Member, liaison: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = cross.crossing(maria, tom)
    asked = actions.ask_coordinator(here.our_side, by=maria, text="Who are they?")
    answered, changed = threading.Event(), threading.Event()
    told, opened = watchers.of_office, crossing._open_what_was_said

    def after_the_answer(engagement: Engagement) -> set[int]:
        answered.set()
        changed.wait(2)
        return told(engagement)

    def after_the_change(*given: Any) -> None:
        changed.set()
        opened(*given)

    monkeypatch.setattr(watchers, "of_office", after_the_answer)
    monkeypatch.setattr(crossing, "_open_what_was_said", after_the_change)

    def share() -> None:
        answered.wait(10)
        actions.share(here.theirs, by=tom, visibility="federal", coordination="introduce")

    outcomes = at_once(lambda: actions.answer_office(asked, by=liaison, text="So."), share)
    assert outcomes == ["done", "done"]
    side = here.again().our_side
    assert (side.cell, side.answered_at) == ("named", None)
    assert CoordinatorQuestion.objects.get().answer == "So."


def test_overlaps_found_before_their_day_was_kept_are_filled_by_the_migration(
    maria: Member, tom: Member
) -> None:
    here = cross.crossing(maria, tom)
    with system("engagements.overlap"):
        Overlap.objects.update(crosses_on=None, countries=[])
    step = import_module("engagements.migrations.0016_overlaps_by_day")
    with connections["owner"].schema_editor() as editor, editor.connection.cursor() as cursor:
        # Its function has come to ask who calls, which it did not when this ran.
        said = signed(["system:engagements.overlap"])
        cursor.execute("SELECT set_config('rls.context', %s, true)", [said])
        step.fill(None, editor)
    row = Overlap.objects.get(pk=here.overlap.pk)
    assert (row.crosses_on, row.countries) == (in_days(33), ["JP"])


def test_the_nightly_run_in_parts_at_once_finds_every_pair_once(
    maria: Member, tom: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = cross.met_by_all()
    ours = [cross.filed(maria, met) for _ in range(4)]
    theirs = [cross.filed(tom, met) for _ in range(4)]
    Overlap.objects.all().delete()
    monkeypatch.setattr(crossing, "AT_ONCE", 1)
    used: set[int] = set()
    search = crossing._search

    def watched(ids: list[int], *, are_all: bool) -> None:
        used.add(threading.get_ident())
        search(ids, are_all=are_all)

    monkeypatch.setattr(crossing, "_search", watched)
    assert actions.recompute_all_overlaps() == 8
    wanted = {(min(a.pk, b.pk), max(a.pk, b.pk)) for a in ours for b in theirs}
    assert set(Overlap.objects.values_list("first", "second")) == wanted
    assert Overlap.objects.count() == 16
    assert OverlapSide.objects.exclude(readers=[]).count() == 32
    assert len(used) == crossing.BESIDE
    actions.recompute_all_overlaps()
    assert Overlap.objects.count() == 16
