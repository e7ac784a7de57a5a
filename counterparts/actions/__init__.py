from counterparts.actions.register import add, change
from counterparts.actions.screening import dispose, screen, screen_due

__all__ = ["add", "change", "dispose", "screen", "screen_due"]
