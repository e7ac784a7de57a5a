"""Which desks are asked about an engagement."""

from collections.abc import Iterable

from accounts.models import Office
from engagements.flags import places_of
from engagements.models import Coverage, Engagement


def desks_for(engagement: Engagement) -> list[Office]:
    """The open desks whose coverage fits where it goes, whom it meets, or what it is about; else the fallback desks."""
    rules = list(Coverage.objects.filter(desk__in=Office.objects.desks()).select_related("desk", "division"))
    places = places_of(engagement)
    fitting = [rule.desk for rule in rules if not rule.is_fallback and _fits(rule, engagement, places)]
    return _once(fitting or [rule.desk for rule in rules if rule.is_fallback])


def countries_of(desk: Office) -> list[str]:
    """What the desk's coverage is about, where each of its rules names a country; else none, since it may be any."""
    rules = Coverage.objects.filter(desk=desk).values_list("country", "subdivision")
    named = {country or subdivision[:2] for country, subdivision in rules}
    return [] if "" in named else sorted(named)


def _fits(rule: Coverage, engagement: Engagement, places: set[tuple[str, str]]) -> bool:
    return all(
        (
            not rule.country or any(country == rule.country for country, _ in places),
            not rule.subdivision or any(part == rule.subdivision for _, part in places),
            not rule.topic or rule.topic in engagement.topics,
            rule.division is None or _lies_under(engagement.office, rule.division.ocd_id),
        )
    )


def _lies_under(office: Office, ocd_id: str) -> bool:
    return office.division is not None and f"{office.division.ocd_id}/".startswith(f"{ocd_id}/")


def _once(desks: Iterable[Office]) -> list[Office]:
    return list({desk.pk: desk for desk in desks}.values())
