"""Every write to briefings, one verb a function."""

from briefings.actions.reading import acknowledge, ask, mark_opened
from briefings.actions.release import answer, expire, recall, release, return_to_author, submit
from briefings.actions.writing import Writing, change, draft

__all__ = [
    "Writing",
    "acknowledge",
    "answer",
    "ask",
    "change",
    "draft",
    "expire",
    "mark_opened",
    "recall",
    "release",
    "return_to_author",
    "submit",
]
