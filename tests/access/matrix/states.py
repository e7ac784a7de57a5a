"""From which state of a record the design lets what be done. Facts in, an answer out."""

from tests.access.matrix.oracle import (
    EITHER,
    NO,
    YES,
    Asked,
    Briefing,
    Commitment,
    Copy,
    Engagement,
    Record,
    Referral,
    Request,
    Side,
    ToCoordinators,
    knows_other,
)

BEFORE_HELD = {"filed": YES, "postponed": YES}
OVER = {"held": NO, "reported": NO, "cancelled": NO}
ENGAGEMENT_STATES: dict[str, dict[str, str]] = {
    # Domain: draft → filed → held → reported, with postponed and cancelled from any point before held.
    "file": {"draft": YES, "filed": NO, "postponed": NO, **OVER},
    "postpone": {"filed": YES, "postponed": EITHER, "draft": EITHER, **OVER},
    "cancel": {"draft": YES, **BEFORE_HELD, **OVER},
    "resume": {"draft": NO, "filed": NO, "postponed": YES, **OVER},
    "hold": {"draft": NO, "filed": YES, "postponed": NO, **OVER},
    "report": {"draft": NO, "filed": NO, "postponed": NO, "held": YES, "reported": NO, "cancelled": NO},
    "save": {"draft": YES, "filed": NO, "postponed": NO, **OVER},
    "change": {"draft": YES, "filed": YES},
    "amend": {"draft": NO, "filed": YES},
    "share": {"filed": YES},
    "note": {},
    "commit": {},
    "ask": {"draft": NO},
}
REQUEST_STATES: dict[str, dict[str, str]] = {
    # Domain: requested → assigned → (question ↔ answer) → given → responded, or lapsed.
    "take": {"requested": YES, "withdrawn": NO},
    "question": {"assigned": YES, "question": NO, "withdrawn": NO},
    "answer": {
        "question": YES,
        **dict.fromkeys(("requested", "assigned", "given", "responded", "withdrawn"), NO),
    },
    "save_draft": {"assigned": YES, "withdrawn": NO},
    "give": {"assigned": YES, "withdrawn": NO},
    "respond": {"given": YES},
    "desk_note": {},
}
BRIEFING_STATES: dict[str, dict[str, str]] = {
    "change": {"draft": YES, "released": NO, "recalled": NO, "expired": NO},
    "submit": {"draft": YES, "released": NO, "recalled": NO, "expired": NO},
    "return": {"draft": NO, "submitted": YES, "released": NO, "recalled": NO, "expired": NO},
    "release": {"draft": NO, "submitted": YES, "released": NO, "recalled": NO, "expired": NO},
    "recall": {"draft": NO, "submitted": NO, "released": YES, "recalled": NO},
}

REFERRAL_STATES: dict[str, str] = {
    # Issue: sent → taken up | declined → closed with an outcome; withdrawn before an answer.
    "take_up": "sent",
    "decline": "sent",
    "withdraw": "sent",
    "close": "taken_up",
    "correct": "closed",
    "plan": "taken_up",
}


def of(act: str, it: Record) -> str:  # noqa: C901, PLR0911  (a line a record)
    """Whether the record's state lets the act happen."""
    if isinstance(it, Engagement):
        return ENGAGEMENT_STATES[act].get(it.status, EITHER)
    if isinstance(it, Request):
        said = REQUEST_STATES.get(act, {}).get(it.status, EITHER)
        return NO if act == "respond" and not it.released else said
    if isinstance(it, Briefing):
        return BRIEFING_STATES[act].get(it.status, EITHER)
    if isinstance(it, Commitment):
        return NO if it.is_closed else YES
    if isinstance(it, Asked):
        return NO if it.is_answered else YES
    if isinstance(it, Side):
        return _of_side(act, it)
    if isinstance(it, Referral):
        return YES if it.status == REFERRAL_STATES[act] else NO
    if isinstance(it, ToCoordinators):
        return NO if it.is_answered else YES
    if isinstance(it, Copy):
        return YES if it.briefing.status == "released" and not it.is_acknowledged else EITHER
    return YES


def _of_side(act: str, it: Side) -> str:
    """In the world nobody has asked or answered yet; a plan itself introduces, or does not."""
    own = it.own.preference
    can = {
        "ask": not knows_other(it) and own != "blind",
        "introduce": own == "signal",
        "write": knows_other(it) and own == "introduce",
        "set_aside": True,
        "coordinator": not it.has_question,
    }
    return YES if can.get(act, False) else NO
