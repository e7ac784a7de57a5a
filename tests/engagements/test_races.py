"""Two people at once, on real connections: one wins, the other is told, nothing is half done."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from activity.models import Entry
from counterparts import actions as counterparts
from diplomacy.lib.errors import Refusal
from diplomacy.lib.rls import system
from engagements import actions
from engagements.actions import locking
from engagements.models import AdviceRequest, Engagement
from tests.conftest import ClientFor
from tests.factories import engagements as make
from tests.factories import referrals as refer

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Runs each act in its own thread and connection, started together; the outcomes by name, in order."""
    start = threading.Barrier(len(acts))
    outcomes = [""] * len(acts)

    def run(at: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            outcomes[at] = "done"
        except Refusal as refusal:
            outcomes[at] = type(refusal).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def test_filing_twice_at_once_files_once(maria: Member, lee: Member) -> None:
    engagement = make.drafted(maria)
    outcomes = at_once(lambda: actions.file(engagement, by=maria), lambda: actions.file(engagement, by=lee))
    assert sorted(outcomes) == ["Conflict", "done"]
    assert Entry.objects.filter(kind="engagements.filed").count() == 1


def test_two_people_amending_the_same_version_do_not_overwrite_each_other(maria: Member, lee: Member) -> None:
    engagement = make.filed(maria)
    version = Engagement.objects.get(pk=engagement.pk).version

    def amend(by: Member, title: str) -> Callable[[], object]:
        plan = actions.Plan(fields={"title": title})
        return lambda: actions.amend(engagement, plan, by=by, version=version)

    assert sorted(at_once(amend(maria, "Mine"), amend(lee, "Yours"))) == ["Stale", "done"]
    assert engagement.versions.count() == 2


def test_advice_given_at_the_moment_it_lapses_ends_in_one_truth(maria: Member, liaison: Member) -> None:
    request = make.assigned(maria, liaison)
    AdviceRequest.objects.filter(pk=request.pk).update(due_on=make.in_days(-3))

    def give() -> object:
        return actions.give_advice(request, by=liaison, position="support", reasoning="Just in time.")

    assert at_once(give, actions.lapse_overdue) == ["done", "done"]
    request.refresh_from_db()
    assert request.status == "given"  # late advice is welcome after a lapse, and a lapse never follows advice


def test_lapsing_by_two_workers_is_recorded_once(maria: Member, liaison: Member) -> None:
    request = make.requested(maria, liaison)
    AdviceRequest.objects.filter(pk=request.pk).update(due_on=make.in_days(-3))
    at_once(actions.lapse_overdue, actions.lapse_overdue, actions.lapse_overdue)
    assert Entry.objects.filter(kind="engagements.advice_lapsed").count() == 1


def test_two_answers_to_one_question(maria: Member, lee: Member, liaison: Member) -> None:
    request = make.assigned(maria, liaison)
    question = actions.ask_question(request, by=liaison, text="Who signs?")

    def answer(by: Member) -> Callable[[], object]:
        return lambda: actions.answer_question(question, by=by, text=f"{by.role} says nobody.")

    assert sorted(at_once(answer(maria), answer(lee))) == ["Conflict", "done"]


def test_restricting_while_a_desk_writes_leaves_nothing_open(maria: Member, liaison: Member) -> None:
    request = make.assigned(maria, liaison)
    at_once(
        lambda: actions.share(request.engagement, by=maria, visibility="restricted"),
        lambda: actions.note_for_desk(request, by=liaison, text="For us."),
        lambda: actions.draft_advice(request, by=liaison, position="concern", reasoning="Hm."),
    )
    liaison_keys = f"office:{liaison.office_id}:liaison"
    assert not any(liaison_keys in note.readers for note in request.desk_notes.all())
    assert not any(liaison_keys in advice.readers for advice in request.advice.all())


@pytest.mark.parametrize("is_filed", [False, True])
def test_who_meets_somebody_that_is_merged_meanwhile_meets_whom_they_were_merged_into(
    maria: Member, lee: Member, *, is_filed: bool
) -> None:
    kept, gone = make.counterpart(lee, name="Kept"), make.counterpart(lee, name="Gone")
    begun = make.filed(maria) if is_filed else make.drafted(maria)
    merged = threading.Event()

    def merge() -> None:
        with transaction.atomic():
            counterparts.merge(kept, gone, by=lee)
            merged.set()
            time.sleep(0.5)

    def write() -> None:
        merged.wait(10)
        people = [{"side": "theirs", "name": "Somebody", "counterpart": gone}]
        plan = actions.Plan(counterparts=[gone], participants=people)
        change = actions.amend if is_filed else actions.save
        change(begun, plan, by=maria, version=begun.version)

    assert at_once(merge, write) == ["done", "done"]
    assert list(begun.counterparts.all()) == [kept]
    assert begun.participants.get().counterpart == kept


def no_rows(name: str) -> dict[str, object]:
    return {f"{name}-TOTAL_FORMS": 0, f"{name}-INITIAL_FORMS": 0}


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ("postpone", {"reason": "Storm"}),
        ("share", {"visibility": "public", "coordination": "signal"} | no_rows("named")),
        ("check", {}),
    ],
)
def test_a_page_sent_while_a_colleague_restricts_it_to_others_finds_nothing(
    move: str, said: dict[str, object], maria: Member, lee: Member, client_for: ClientFor
) -> None:
    engagement = make.filed(maria)
    where = reverse(f"engagements:{move}", args=[engagement.reference])
    browser, shared, answers = client_for(lee), threading.Event(), []

    def restrict() -> None:
        with transaction.atomic():
            actions.share(engagement, by=maria, visibility="restricted")
            shared.set()
            time.sleep(1)

    def send() -> None:
        shared.wait(10)
        answers.append(browser.post(where, said | {"version": engagement.version}).status_code)

    assert at_once(restrict, send) == ["done", "done"]
    assert answers == [404]


POISON = "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$"
REFUSE = """
CREATE TRIGGER refused BEFORE UPDATE ON engagements_advicerequest FOR EACH ROW WHEN (OLD.id = {})
EXECUTE FUNCTION public.refuse()
"""


@pytest.fixture
def poisoned(
    maria: Member, liaison: Member, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> Iterator[tuple[AdviceRequest, AdviceRequest]]:
    """Two overdue requests, of which the first cannot be written."""
    first, second = make.requested(maria, liaison), make.requested(maria, liaison)
    with system("tests"):
        AdviceRequest.objects.filter(pk__in=[first.pk, second.pk]).update(due_on=make.in_days(-3))
    owner_connection.execute(POISON)
    owner_connection.execute(REFUSE.format(first.pk).encode())
    yield first, second
    owner_connection.execute("DROP FUNCTION public.refuse() CASCADE")


def test_a_request_that_cannot_be_written_keeps_no_other_from_lapsing(
    poisoned: tuple[AdviceRequest, AdviceRequest], caplog: pytest.LogCaptureFixture
) -> None:
    assert actions.lapse_overdue() == 1
    with system("tests"):
        assert [AdviceRequest.objects.get(pk=each.pk).status for each in poisoned] == ["requested", "lapsed"]
    assert "_lapse failed for one of many" in caplog.text


def after_waiting(change: Callable[[], object], lock: Callable[[], object]) -> list[object]:
    """What somebody gets who asked for a row while it was being changed."""
    got: list[object] = []

    def wait() -> None:
        try:
            with transaction.atomic():
                got.append(lock())
        finally:
            connection.close()

    waiting = threading.Thread(target=wait)
    with system("tests"):
        change()
        waiting.start()
        time.sleep(0.5)
    waiting.join(timeout=30)
    return got


def test_who_waits_for_a_row_gets_whom_it_names_by_then(maria: Member, lee: Member, liaison: Member) -> None:
    """PostgreSQL looks at the changed row again beside the old rows of the others: joined to them it names nobody, or is gone."""
    request = make.requested(maria, liaison)
    plan, referral = request.engagement, refer.referred(maria, liaison.office)

    def set_to(row: Any, **fields: Any) -> Callable[[], object]:
        return lambda: type(row).objects.filter(pk=row.pk).update(**fields)

    assert after_waiting(set_to(plan, contact=lee), lambda: locking.lock(plan).contact) == [lee]
    assert after_waiting(
        set_to(request, assigned_to=liaison, status="assigned", status_since=timezone.now()),
        lambda: locking.lock_request(request).assigned_to,
    ) == [liaison]
    assert after_waiting(
        set_to(referral, contact=lee, closed_by=liaison),
        lambda: (locking.lock_referral(referral).contact, locking.lock_referral(referral).closed_by),
    ) == [(lee, liaison)]
