"""Time zones by the names people use: American ones first, then the world's by place."""

from functools import cache
from zoneinfo import available_timezones

from diplomacy.lib.errors import Invalid

AMERICAN = {
    "America/New_York": "Eastern Time (New York)",
    "America/Chicago": "Central Time (Chicago)",
    "America/Denver": "Mountain Time (Denver)",
    "America/Phoenix": "Mountain Time without daylight saving (Phoenix)",
    "America/Los_Angeles": "Pacific Time (Los Angeles)",
    "America/Anchorage": "Alaska Time (Anchorage)",
    "Pacific/Honolulu": "Hawaii Time (Honolulu)",
    "America/Puerto_Rico": "Atlantic Time (Puerto Rico, Virgin Islands)",
    "Pacific/Guam": "Chamorro Time (Guam, Northern Marianas)",
    "Pacific/Pago_Pago": "Samoa Time (Pago Pago)",
}
REGIONS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"})


@cache
def choices() -> list[tuple[str, str]]:
    others = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS)
    return [
        *AMERICAN.items(),
        *((zone, _words(zone)) for zone in others if zone not in AMERICAN),
        ("UTC", "Coordinated Universal Time (UTC)"),
    ]


@cache
def _known() -> set[str]:
    """Read once: it walks through the whole folder of zones."""
    return available_timezones()


def require_zone(name: str) -> None:
    if name not in _known():
        raise Invalid({"time_zone": [f"There is no time zone called {name}."]})


def _words(zone: str) -> str:
    region, _, place = zone.partition("/")
    return f"{place.replace('_', ' ').replace('/', ', ')} ({region})"
