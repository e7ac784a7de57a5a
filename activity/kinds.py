"""The log's vocabulary: each kind with the words a timeline and a notice use. Mail says no more than `notice`."""

from typing import NamedTuple


class Kind(NamedTuple):
    said: str
    """After the actor's name: "Maria Lopez *filed this engagement*"."""
    notice: str = ""
    """To a recipient, without content. Empty: nobody is notified of it."""
    is_urgent: bool = False
    is_watching: bool = False
    """What somebody looked at or tried. Not part of a record's timeline."""


KINDS = {
    "activity.refused": Kind("was refused", is_watching=True),
    "activity.bulk_read": Kind(
        "Somebody opened unusually many records.", "Somebody opened unusually many records", is_urgent=True
    ),
    "activity.log_exported": Kind("exported lines of the activity log"),
    "accounts.signed_in": Kind("signed in", is_watching=True),
    "accounts.signed_out": Kind("signed out", is_watching=True),
    "accounts.sign_in_failed": Kind("A sign-in failed.", is_watching=True),
    "accounts.member_added": Kind("added a member"),
    "accounts.member_ended": Kind("ended a membership"),
    "counterparts.added": Kind("added this counterpart"),
    "counterparts.changed": Kind("changed this counterpart"),
    "engagements.drafted": Kind("started a draft"),
    "engagements.saved": Kind("saved the draft"),
    "engagements.filed": Kind("filed this engagement", "An engagement was filed"),
    "engagements.amended": Kind("amended this engagement", "An engagement you follow was amended"),
    "engagements.postponed": Kind("postponed this engagement", "An engagement you follow was postponed"),
    "engagements.resumed": Kind("set new dates", "A postponed engagement has new dates"),
    "engagements.cancelled": Kind("cancelled this engagement", "An engagement you follow was cancelled"),
    "engagements.held": Kind("marked this engagement as held"),
    "engagements.reported": Kind("filed the outcome report", "An outcome report was filed"),
    "engagements.shared": Kind("changed who may see this engagement", "An engagement was shared with you"),
    "engagements.opened": Kind("opened this restricted engagement", is_watching=True),
    "engagements.noted": Kind("added an office note"),
    "engagements.commitment_added": Kind("added a commitment"),
    "engagements.commitment_closed": Kind("closed a commitment"),
    "engagements.advice_requested": Kind("asked for advice", "Your desk has a new request for advice"),
    "engagements.advice_assigned": Kind(
        "took the request for advice", "A request for advice was given to you"
    ),
    "engagements.question_asked": Kind(
        "asked the office a question", "A federal desk asked your office a question"
    ),
    "engagements.question_answered": Kind("answered the desk's question", "An office answered your question"),
    "engagements.desk_noted": Kind("added a desk note"),
    "engagements.advice_drafted": Kind("drafted advice"),
    "engagements.advice_given": Kind("gave advice", "A federal desk gave your office advice"),
    "engagements.advice_responded": Kind("answered the advice", "An office answered your advice"),
    "engagements.advice_lapsed": Kind(
        "No advice came by the due date. The engagement proceeds.",
        "A request for advice passed its due date; the engagement proceeds",
    ),
    "briefings.drafted": Kind("started a briefing"),
    "briefings.changed": Kind("changed the briefing"),
    "briefings.submitted": Kind(
        "asked for a second briefer's release", "A briefing waits for a second briefer"
    ),
    "briefings.returned": Kind("returned the briefing to its author", "A briefing was returned to you"),
    "briefings.released": Kind("released the briefing"),
    "briefings.delivered": Kind("sent a reader this copy", "A briefing was made for you"),
    "briefings.opened": Kind("opened the briefing"),
    "briefings.acknowledged": Kind("acknowledged the briefing"),
    "briefings.asked": Kind("asked the briefers", "A reader asked about a briefing"),
    "briefings.answered": Kind("answered the reader", "The briefers answered you"),
    "briefings.recalled": Kind("recalled the briefing", "A briefing was recalled"),
    "briefings.expired": Kind("The briefing expired."),
}
WATCHING = [name for name, kind in KINDS.items() if kind.is_watching]
