"""The product as in production, and one empty view to compare it with."""

from diplomacy.settings import *

ROOT_URLCONF = "benchmarks.urls"
