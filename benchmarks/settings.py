"""The product as in production, and one empty view to compare it with."""

from diplomacy.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
REQUIRE_SECOND_FACTOR = False  # What is measured is the page, for people who have shown theirs.
# And policies hold the app role; only the owner, who asks by hand, is let through (`build.ready`).
SILENCED_SYSTEM_CHECKS = ["diplomacy.E006", "diplomacy.E008"]
PAGES_A_MINUTE = 0  # One person asks for all of them.
