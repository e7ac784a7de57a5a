"""What the product does by itself, and how often: the beat sends these tasks, and each finds for itself what is due."""

import os
from typing import Any

from celery.schedules import crontab

OUTBOX_SWEEP = float(os.environ.get("OUTBOX_SWEEP_SECONDS", "15"))
WORK: dict[str, dict[str, Any]] = {
    "sweep the outbox": {"task": "activity.tasks.sweep", "schedule": OUTBOX_SWEEP},
    "sweep the letters about accounts": {"task": "accounts.tasks.post", "schedule": OUTBOX_SWEEP},
    "lapse overdue advice": {
        "task": "engagements.tasks.lapse_overdue",
        "schedule": 60.0,
    },
    "screen counterparts": {
        "task": "counterparts.tasks.screen",
        "schedule": float(os.environ.get("SCREEN_SECONDS", "30")),
        "options": {"expires": 30},
    },
    "find counterparts added meanwhile": {"task": "counterparts.tasks.catch_up", "schedule": 3600.0},
    "load lists": {"task": "counterparts.tasks.load_lists", "schedule": 10.0, "options": {"expires": 10}},
    "look at attention flags again": {
        "task": "engagements.tasks.refresh_flags",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "look for crossing plans again": {
        "task": "engagements.tasks.recompute_all_overlaps",
        "schedule": crontab(hour=4, minute=10),
    },
    "expire briefings": {"task": "briefings.tasks.expire", "schedule": 600.0},
    "remind offices of who serves": {"task": "accounts.tasks.remind", "schedule": 3600.0},
    "forget what has run out": {"task": "accounts.tasks.forget", "schedule": 3600.0},
    "seal the log": {
        "task": "activity.tasks.seal",
        "schedule": float(os.environ.get("SEAL_SECONDS", "5")),
        "options": {"expires": 60},
    },
    "anchor the log": {
        "task": "activity.tasks.anchor",
        "schedule": float(os.environ.get("ANCHOR_SECONDS", "600")),
        "options": {"expires": 600},
    },
    "mail an anchor of the log": {
        "task": "activity.tasks.mail_anchor",
        "schedule": float(os.environ.get("ANCHOR_MAIL_SECONDS", "86400")),
    },
    "make files of records": {"task": "records.tasks.work", "schedule": 10.0, "options": {"expires": 10}},
    "dispose of old texts": {"task": "records.tasks.dispose", "schedule": 60.0, "options": {"expires": 60}},
    "delete expired files of records": {"task": "records.tasks.expire", "schedule": 3600.0},
    "let old content go": {"task": "activity.tasks.expire_content", "schedule": 86400.0},
    "forget providers' answers": {"task": "accounts.tasks.forget_answers", "schedule": 600.0},
    "forget used keys": {"task": "activity.tasks.forget_keys", "schedule": 3600.0},
}
