"""The product as in production, and one empty view to compare it with."""

from diplomacy.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
