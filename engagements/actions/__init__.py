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
from engagements.actions.outcomes import add_commitment, close_commitment, report
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
    "answer_question",
    "ask_question",
    "cancel",
    "close_commitment",
    "draft",
    "draft_advice",
    "file",
    "give_advice",
    "hold",
    "lapse_overdue",
    "mark_version_read",
    "note_for_desk",
    "note_for_office",
    "note_opened",
    "postpone",
    "refresh_flags",
    "report",
    "request_advice",
    "respond",
    "resume",
    "save",
    "share",
    "take",
]
