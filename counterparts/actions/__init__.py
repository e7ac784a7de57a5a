from counterparts.actions.guidance import end as end_guidance
from counterparts.actions.guidance import publish as publish_guidance
from counterparts.actions.guidance import replace as replace_guidance
from counterparts.actions.locking import as_they_stand
from counterparts.actions.merging import keep_apart, merge
from counterparts.actions.merging import undo as undo_merge
from counterparts.actions.notes import note
from counterparts.actions.posts import add_source, change_post, hold_post
from counterparts.actions.register import add, catch_up, change
from counterparts.actions.screening import dispose, screen, screen_due

__all__ = [
    "add",
    "add_source",
    "as_they_stand",
    "catch_up",
    "change",
    "change_post",
    "dispose",
    "end_guidance",
    "hold_post",
    "keep_apart",
    "merge",
    "note",
    "publish_guidance",
    "replace_guidance",
    "screen",
    "screen_due",
    "undo_merge",
]
