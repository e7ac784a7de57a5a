"""Every write to engagements and advice, one verb a function."""

from engagements.actions.advice import (
    answer_question,
    ask_question,
    draft_advice,
    give_advice,
    lapse_overdue,
    note_for_desk,
    request_advice,
    respond,
    take,
)
from engagements.actions.attention import refresh_flags
from engagements.actions.crossing import recompute_all_overlaps, recompute_overlaps
from engagements.actions.outcomes import add_commitment, close_commitment, report
from engagements.actions.overlaps import (
    answer_office,
    ask_coordinator,
    ask_introduction,
    decline_introduction,
    introduce,
    set_aside,
    take_up,
    withdraw_introduction,
    write_to_other,
)
from engagements.actions.plans import (
    Plan,
    amend,
    cancel,
    draft,
    file,
    hold,
    postpone,
    resume,
    save,
)
from engagements.actions.reading import mark_version_read, note_opened
from engagements.actions.sharing import note_for_office, share

__all__ = [
    "Plan",
    "add_commitment",
    "amend",
    "answer_office",
    "answer_question",
    "ask_coordinator",
    "ask_introduction",
    "ask_question",
    "cancel",
    "close_commitment",
    "decline_introduction",
    "draft",
    "draft_advice",
    "file",
    "give_advice",
    "hold",
    "introduce",
    "lapse_overdue",
    "mark_version_read",
    "note_for_desk",
    "note_for_office",
    "note_opened",
    "postpone",
    "recompute_all_overlaps",
    "recompute_overlaps",
    "refresh_flags",
    "report",
    "request_advice",
    "respond",
    "resume",
    "save",
    "set_aside",
    "share",
    "take",
    "take_up",
    "withdraw_introduction",
    "write_to_other",
]
