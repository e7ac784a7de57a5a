"""What a record says, part by part by the labels that people read, with what is kept back kept back."""

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import User
from activity import timeline
from engagements import versions
from engagements.models import Engagement, OverlapMessage, OverlapSide, Referral, ReferralEngagement
from records import rules
from records.models import Exemption, Marks, ReferralExemption


def record(engagement: Engagement, user: User, mark: Exemption | None) -> dict[str, Any]:
    """By the labels that people read, in the order of the page."""
    marked, basis = (mark.parts, mark.basis) if mark else ([], "")
    said: dict[str, Any] = {
        **versions.said(engagement),
        "Office notes": [note.text for note in engagement.office_notes.all()],
        "Outcome report": _report(engagement),
        "Commitments": [f"{one.get_side_display()}: {one.text}" for one in engagement.commitments.all()],
        "Referrals": _referrals(engagement, user),
        "Messages with other offices": _messages(engagement, user),
        "History": [_dated(line) for line in _history(engagement, user)],
    }
    shown = {
        part: f"[kept back: {basis}]" if rules.is_kept_back(part, marked) else _without(value, mark)
        for part, value in said.items()
    }
    return {"Reference": engagement.reference, "Status": engagement.get_status_display(), **shown}


def line(engagement: Engagement, mark: Exemption | None) -> tuple[object, ...]:
    marked = mark.parts if mark else []
    title = "" if rules.is_kept_back("Title", marked) else _without(engagement.title, mark)
    kept = ("; ".join([*marked, *(["Words"] if mark and mark.phrases else [])]), mark.basis if mark else "")
    days = ("", "") if rules.ALL in marked else (engagement.starts_on, engagement.ends_on)
    kind = "" if rules.ALL in marked else engagement.get_kind_display()
    return engagement.reference, title, kind, engagement.get_status_display(), *days, *kept


def referral_record(
    one: Referral, user: User, marks: Sequence[Marks]
) -> tuple[dict[str, Any], tuple[object, ...]]:
    said = _said_of(one, marks)
    history = _kept({"History": [_dated(line) for line in _history(one, user)]}, marks)
    applied = [mark for mark in marks if mark.phrases or any(_is_kept(part, mark) for part in said | history)]
    kept = ("; ".join(mark.words for mark in applied), "; ".join(mark.basis for mark in applied))
    days = ("", "") if any(_is_kept("Sent", mark) for mark in marks) else _days(one)
    line = (one.reference, said["Title"], "Referral", one.get_status_display(), *days, *kept)
    return {"Reference": one.reference, "Status": one.get_status_display(), **said, **history}, line


def _days(one: Referral) -> tuple[object, object]:
    return one.sent_at.date(), one.closed_at.date() if one.closed_at else ""


def _said_of(one: Referral, marks: Iterable[Marks]) -> dict[str, Any]:
    """By the labels of `rules.REFERRAL_PARTS`, with what is kept back kept back."""
    said: dict[str, Any] = {
        "Title": one.subject,
        "From": one.sender.name,
        "To": one.receiver.name,
        "Sent": one.sent_at.isoformat(),
        "What it says": one.text,
        "Who came": one.who_came,
        "Topics": one.topic_labels,
        "Useful by": one.useful_by.isoformat() if one.useful_by else "",
        "Answer": one.reason,
        "What came of it": _outcome(one),
    }
    return _kept(said, marks)


def _kept(said: dict[str, Any], marks: Iterable[Marks]) -> dict[str, Any]:
    for mark in marks:
        said = {
            part: f"[kept back: {mark.basis}]" if _is_kept(part, mark) else _without(value, mark)
            for part, value in said.items()
        }
    return said


def _is_kept(part: str, mark: Marks) -> bool:
    """Of an engagement's parts one is about its referrals; the others are not theirs."""
    return rules.is_kept_back("Referrals" if isinstance(mark, Exemption) else part, mark.parts)


def _without(value: Any, mark: Marks | None) -> Any:
    if mark is None:
        return value
    if isinstance(value, list):
        return [_without(one, mark) for one in value]
    return rules.redacted(value, mark.phrases, mark.basis)


def _history(subject: Engagement | Referral, user: User) -> list[Any]:
    return timeline.of(subject, user)[::-1]


def _dated(line: Any) -> str:
    return f"{line.at.isoformat()} {line.actor or ''} {line.words.said}"


def _referrals(engagement: Engagement, user: User) -> list[str]:
    """What was referred to another office from it, or by another and led to it."""
    links = ReferralEngagement.objects.visible_to(user).filter(engagement=engagement).order_by("pk")
    found = [link.referral for link in links.select_related("referral__sender", "referral__receiver")]
    own = ReferralExemption.objects.filter(office=engagement.office_id, referral__in=found)
    marks = {mark.referral_id: mark for mark in own}
    return [_referral(one, marks.get(one.pk)) for one in found]


def _referral(one: Referral, mark: ReferralExemption | None) -> str:
    said = _said_of(one, [mark] if mark else [])
    head = f"{one.reference} {said['From']} to {said['To']}, {said['Sent']}: {said['Title']}"
    outcome = said["What came of it"]
    outcomes = outcome if isinstance(outcome, list) else [outcome]
    return "\n".join(
        filter(None, [head, said["What it says"], one.get_status_display(), said["Answer"], *outcomes])
    )


def _outcome(one: Referral) -> list[str]:
    """What is said of it now, and before it what was said before."""
    now = ": ".join(filter(None, [one.get_outcome_display(), one.outcome_text]))
    before = [f"{was.at.isoformat()} {was.by}: {was.outcome}: {was.text}" for was in one.said_before[::-1]]
    return [*before, now] if now else before


def _messages(engagement: Engagement, user: User) -> list[str]:
    sides = OverlapSide.objects.visible_to(user).filter(engagement=engagement)
    said = OverlapMessage.objects.visible_to(user).filter(overlap__in=sides.values("overlap"))
    return [
        f"{one.written_at.isoformat()} {one.written_by.user}, {one.office}: {one.text}"
        for one in said.select_related("written_by__user", "office").order_by("pk")
    ]


def _report(engagement: Engagement) -> str:
    report = getattr(engagement, "outcome_report", None)
    if report is None:
        return ""
    return "\n\n".join(filter(None, [report.summary, report.follow_up, report.gifts, report.hosted_travel]))
