"""What needs me today? One page for each role, from several rooms: that is why it stands at the root."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Member
from accounts.requests import MemberRequest
from briefings.models import Briefing, Delivery, ReaderQuestion
from diplomacy.lib.templatetags.ui import day_words
from engagements import advice_clock, clock, overlap, whereabouts
from engagements.models import (
    AdviceRequest,
    Commitment,
    CoordinatorQuestion,
    Engagement,
    OverlapSide,
    Referral,
)

MOST = 6
"""Lines of a block. The rest is one link away."""
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Task:
    words: str
    url: str
    why: str = ""
    side: str = ""
    tone: str = "plain"
    day: date | None = None


@dataclass(frozen=True)
class Number:
    label: str
    count: int
    url: str
    is_pressing: bool = False


@dataclass(frozen=True)
class Block:
    title: str
    tasks: list[Task]
    more: str = ""
    otherwise: str = ""
    """What to say when there is nothing. Empty: the block is left out."""


@dataclass(frozen=True)
class Home:
    blocks: list[Block] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    start: tuple[str, str] | None = None
    """(address, words) of what this role does most."""
    explanation: str = ""


@require_safe
def home(request: MemberRequest) -> HttpResponse:
    made = HOMES[request.acting.role](request.user, request.acting)
    shown = [block for block in made.blocks if block.tasks or block.otherwise]
    is_quiet = not any(block.tasks for block in shown) and not any(
        number.count for number in made.numbers if number.is_pressing
    )
    context = {"home": made, "blocks": shown, "is_quiet": is_quiet, "today": timezone.localdate()}
    return render(request, "home/home.html", context)


# Offices --------------------------------------------------------------------------------------------------------------


def office_home(user: Any, member: Member) -> Home:
    referred, answered = _referrals(user, member)
    owing, drafts = _to_write(user, member)
    return Home(
        start=(reverse("engagements:start"), "Log an engagement"),
        blocks=[
            *_with_desks(user, member),
            referred,
            _crossing(user, member),
            owing,
            _commitments(user, member),
            _to_read(user),
            answered,
            drafts,
            _coming(user, member),
        ],
    )


def principal_home(user: Any, member: Member) -> Home:
    return Home(blocks=[_to_read(user, otherwise="No briefing waits for you."), _coming(user, member)])


def _of_office(user: Any, member: Member) -> Any:
    requests = AdviceRequest.objects.visible_to(user).filter(engagement__office=member.office_id)
    return requests.select_related("engagement", "desk").order_by("due_on", "pk")


def _advice_task(held: AdviceRequest, words: str) -> Task:
    return Task(words, f"{held.engagement.get_absolute_url()}#advice", held.engagement.title)


def _with_desks(user: Any, member: Member) -> list[Block]:
    """Questions to answer, and advice to answer: both in one statement."""
    asked = _of_office(user, member)
    given = asked.filter(status="given", engagement__status__in=["filed", "postponed", "held"])
    waiting, received = asked.waiting_for_office()[:MOST], given.order_by("-status_since", "-pk")[:MOST]
    found = list(waiting.union(received, all=True))
    questions = sorted(
        (held for held in found if held.status == "question"), key=lambda held: (held.due_on, held.pk)
    )
    advice = sorted(
        (held for held in found if held.status == "given"), key=lambda held: (held.status_since, held.pk)
    )
    return [
        Block("Questions from desks", [_advice_task(held, f"Answer {held.desk}") for held in questions]),
        Block(
            "Advice you have not answered",
            [_advice_task(held, f"Advice from {held.desk}") for held in reversed(advice)],
        ),
    ]


def _crossing(user: Any, member: Member) -> Block:
    """Plans of other offices that may cross theirs, and to which nobody here has said anything yet."""
    waiting = OverlapSide.objects.visible_to(user).of_office(member.office).unanswered()
    tasks = [
        Task(
            f"Your plans: {side.engagement}",
            side.get_absolute_url(),
            f"{side.who}, {overlap.month(side.sees)} · {'; '.join(overlap.words(side.sees))}",
            *overlap.state(side),
        )
        for side in waiting.with_plan().soonest_first()[:MOST]
    ]
    return Block("Plans that may cross yours", tasks, reverse("engagements:overlaps"))


def _referrals(user: Any, member: Member) -> list[Block]:
    """What was passed to this office and is owed an answer or an outcome, and what came of what it passed to others:
    both in one statement."""
    seen = Referral.objects.visible_to(user).with_offices()
    waiting = seen.received_by(member.office).open().what_waits_first()[:MOST]
    since = timezone.now() - SOON
    answered = seen.sent_by(member.office).answered_since(since).order_by("-status_since", "-pk")[:MOST]
    found = list(waiting.union(answered, all=True))
    theirs = sorted((one for one in found if one.receiver_id == member.office_id), key=_how_it_waits)
    ours = [one for one in found if one.sender_id == member.office_id]
    ours.sort(key=lambda one: (one.status_since, one.pk), reverse=True)
    return [
        Block(
            "Referred to you",
            [_referral_task(one, _from_whom(one)) for one in theirs],
            reverse("engagements:referrals"),
        ),
        Block(
            "What came of what you referred",
            [_referral_task(one, f"To {one.receiver}") for one in ours],
            reverse("engagements:referrals_sent"),
        ),
    ]


def _how_it_waits(one: Referral) -> tuple[bool, date, int]:
    return one.status != "sent", one.useful_by or date.max, -one.pk


def _from_whom(one: Referral) -> str:
    return f"From {one.sender}" + (f" · useful by {day_words(one.useful_by)}" if one.useful_by else "")


def _referral_task(one: Referral, why: str) -> Task:
    words = one.get_outcome_display() or one.get_status_display()
    return Task(one.subject, one.get_absolute_url(), why, words, whereabouts.of_referral(one).tone)


def _engagement_tasks(found: Iterable[Engagement], why: Callable[[Engagement], str]) -> list[Task]:
    return [
        Task(str(one) or "Untitled draft", one.get_absolute_url(), why(one), day=one.starts_on)
        for one in found
    ]


def _to_write(user: Any, member: Member) -> tuple[Block, Block]:
    """Reports that are owed, and drafts: both in one statement."""
    ours = Engagement.objects.visible_to(user).of_office(member.office)
    found = list(ours.owing_report()[:MOST].union(ours.drafts().order_by("-pk")[:MOST], all=True))
    owing = sorted(
        (one for one in found if one.status != "draft"), key=lambda one: (one.ends_on or date.max, one.pk)
    )
    drafts = sorted((one for one in found if one.status == "draft"), key=lambda one: -one.pk)
    unseen = "Not filed yet: nobody outside your office sees it."
    return (
        Block("Say what came of it", _engagement_tasks(owing, _report_owed)),
        Block("Drafts", _engagement_tasks(drafts, lambda _: unseen), reverse("engagements:drafts")),
    )


def _report_owed(engagement: Engagement) -> str:
    if engagement.status == "held":
        return "Held. The outcome report is owed."
    return "The dates have passed. Mark it as held, postpone or cancel it."


def _commitments(user: Any, member: Member) -> Block:
    due = Commitment.objects.visible_to(user).open().select_related("engagement")
    due = due.filter(engagement__office=member.office_id, due_on__lte=timezone.localdate() + SOON)
    today = timezone.localdate()
    tasks = [
        Task(
            one.text,
            one.engagement.get_absolute_url(),
            f"{one.owner or one.get_side_display()} · {one.engagement}",
            "Overdue" if one.due_on < today else "Due",
            "stopped" if one.due_on < today else "waiting",
            one.due_on,
        )
        for one in due.order_by("due_on", "pk")[:MOST]
    ]
    return Block("Commitments due within two weeks", tasks)


def _coming(user: Any, member: Member) -> Block:
    found = Engagement.objects.visible_to(user).of_office(member.office).upcoming()[:MOST]
    tasks = _engagement_tasks(found, lambda one: str(one.get_kind_display()))
    return Block("Next engagements", tasks, reverse("engagements:list"), "Nothing is planned yet.")


# Briefings to read ----------------------------------------------------------------------------------------------------


def _to_read(user: Any, otherwise: str = "") -> Block:
    waiting = (
        Delivery.objects.visible_to(user)
        .readable()
        .filter(Q(opened_at=None) | Q(acknowledged_at=None, briefing__acknowledge_by__isnull=False))
    )
    tasks = [
        _reading(copy)
        for copy in waiting.order_by(F("briefing__acknowledge_by").asc(nulls_last=True), "-pk")[:MOST]
    ]
    return Block("Briefings to read", tasks, reverse("briefings:mine"), otherwise)


def _reading(copy: Delivery) -> Task:
    deadline = copy.briefing.acknowledge_by
    words = "Acknowledge by" if deadline else ("" if copy.opened_at else "New")
    is_late = deadline is not None and deadline < clock.today()
    tone = "stopped" if is_late else "waiting" if deadline else "open"
    return Task(copy.title, copy.get_absolute_url(), f"From {copy.briefing.office}", words, tone, deadline)


# Federal desks --------------------------------------------------------------------------------------------------------


def liaison_home(user: Any, member: Member) -> Home:
    requests = AdviceRequest.objects.visible_to(user).of_desk(member.office).open()
    return Home(
        start=(reverse("engagements:queue"), "Open the queue"),
        numbers=[*_desk_numbers(requests, member), _asked_of_coordinators(user)],
        blocks=[
            Block(
                "Yours, the most urgent first", _queue(requests.filter(assigned_to=member)), _in_queue("mine")
            ),
            Block("Nobody’s yet", _queue(requests.unassigned()), _in_queue("none")),
            _referrals(user, member)[0],
            _answered(user, member),
            _to_read(user),
        ],
    )


def desk_lead_home(user: Any, member: Member) -> Home:
    requests = AdviceRequest.objects.visible_to(user).of_desk(member.office).open()
    return Home(
        start=(reverse("engagements:queue"), "Open the queue"),
        numbers=[*_desk_numbers(requests, member), _asked_of_coordinators(user)],
        blocks=[
            Block(
                "To give to somebody",
                _queue(requests.unassigned()),
                _in_queue("none"),
                "Every request is with somebody.",
            ),
            Block("Yours", _queue(requests.filter(assigned_to=member)), _in_queue("mine")),
            _referrals(user, member)[0],
            _load(requests),
            _to_read(user),
        ],
    )


def _in_queue(who: str) -> str:
    return f"{reverse('engagements:queue')}?who={who}"


def _desk_numbers(requests: Any, member: Member) -> list[Number]:
    running = ~Q(status="question")
    counts = requests.aggregate(
        pressing=Count("pk", filter=running & Q(due_on__lte=clock.today())),
        mine=Count("pk", filter=Q(assigned_to=member)),
        nobodys=Count("pk", filter=Q(assigned_to=None)),
        waiting=Count("pk", filter=Q(status="question")),
    )
    queue = reverse("engagements:queue")
    return [
        Number("Due today or late", counts["pressing"], queue, bool(counts["pressing"])),
        Number("Yours", counts["mine"], _in_queue("mine")),
        Number("Nobody’s yet", counts["nobodys"], _in_queue("none")),
        Number("Waiting for an office", counts["waiting"], f"{queue}?waits=office"),
    ]


def _asked_of_coordinators(user: Any) -> Number:
    """About plans that cross, wherever they do: any desk may answer."""
    count = CoordinatorQuestion.objects.visible_to(user).filter(answered_at=None).count()
    url = f"{reverse('engagements:crossings')}?waits=yes&scope=all"
    return Number("Questions about crossing plans", count, url, bool(count))


def _queue(requests: Any) -> list[Task]:
    found = requests.select_related("engagement__office").order_by("due_on", "pk")[:MOST]
    return [_request_task(held) for held in found]


def _request_task(held: AdviceRequest) -> Task:
    reading = advice_clock.read(held)
    why = f"{held.engagement.office} · {held.engagement.get_kind_display()}"
    return Task(held.engagement.title, held.get_absolute_url(), why, reading.words, reading.tone)


def _answered(user: Any, member: Member) -> Block:
    """What offices did with this liaison's advice, in the last weeks."""
    since = timezone.now() - SOON
    answered = AdviceRequest.objects.visible_to(user).of_desk(member.office)
    answered = answered.filter(status="responded", assigned_to=member, status_since__gte=since)
    found = answered.select_related("engagement__office").order_by("-status_since", "-pk")[:MOST]
    return Block("Offices answered your advice", [_request_task(held) for held in found])


def _load(requests: Any) -> Block:
    counted = (
        requests.exclude(assigned_to=None)
        .values("assigned_to", "assigned_to__user__name")
        .annotate(
            all=Count("pk"), pressing=Count("pk", filter=~Q(status="question") & Q(due_on__lte=clock.today()))
        )
    )
    tasks = [
        Task(
            row["assigned_to__user__name"],
            "",
            f"{row['all']:,} open",
            f"{row['pressing']:,} due today or late" if row["pressing"] else "",
            "stopped",
        )
        for row in counted.order_by("-all", "assigned_to__user__name", "assigned_to")
    ]
    return Block("Who has how much", tasks)


# Briefers -------------------------------------------------------------------------------------------------------------


def briefer_home(user: Any, member: Member) -> Home:
    briefings = Briefing.objects.visible_to(user).of_office(member)
    return Home(
        start=(reverse("briefings:draft"), "Write a briefing"),
        blocks=[
            Block(
                "Waiting for your release",
                _briefing_tasks(briefings.waiting_for(member)[:MOST], "Second briefer"),
            ),
            _reader_questions(user, member),
            Block("Your drafts", _briefing_tasks(briefings.drafts().filter(author=user)[:MOST])),
            Block(
                "Yours, waiting for a second briefer",
                _briefing_tasks(briefings.waiting().filter(author=user)[:MOST]),
            ),
            _sent(briefings),
            _to_read(user),
        ],
    )


def _briefing_tasks(found: Iterable[Briefing], side: str = "") -> list[Task]:
    return [Task(str(one), one.get_absolute_url(), one.returned_because, side, "waiting") for one in found]


def _reader_questions(user: Any, member: Member) -> Block:
    asked = ReaderQuestion.objects.visible_to(user).unanswered()
    asked = asked.filter(delivery__briefing__office=member.office_id).select_related("delivery__briefing")
    tasks = [
        Task("Answer a reader", one.delivery.briefing.get_absolute_url(), str(one.delivery.briefing))
        for one in asked.order_by("pk")[:MOST]
    ]
    return Block("Questions from readers", tasks)


def _sent(briefings: Any) -> Block:
    released = briefings.filter(status="released").with_counts().order_by("-released_at", "-pk")[:MOST]
    tasks = [
        Task(
            str(one),
            one.get_absolute_url(),
            f"{one.opened:,} of {one.delivered:,} opened it, {one.acknowledged:,} acknowledged it",
        )
        for one in released
    ]
    return Block("With their readers now", tasks, reverse("briefings:list"), "No briefing is out at present.")


def auditor_home(user: Any, member: Member) -> Home:
    return Home(
        start=(reverse("activity:log"), "Open the activity log"),
        explanation=(
            "You see who did what, for which office, and when. You do not see what engagements, advice or briefings "
            "say: oversight reads the log, not the content. Each line names the record by its reference, which you can "
            "quote to the office that owns it."
        ),
    )


HOMES: dict[str, Callable[[Any, Member], Home]] = {
    Member.Role.STAFF: office_home,
    Member.Role.LEAD: office_home,
    Member.Role.PRINCIPAL: principal_home,
    Member.Role.READER: principal_home,
    Member.Role.LIAISON: liaison_home,
    Member.Role.DESK_LEAD: desk_lead_home,
    Member.Role.BRIEFER: briefer_home,
    Member.Role.AUDITOR: auditor_home,
}
