"""Attention flags: named, versioned rules that inform the office and the desk. Nothing ever waits for a flag."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from django.db.models import Q, QuerySet

from counterparts.models import Counterpart, CountryGuidance, Hit
from engagements.choices import Kind, Payer
from engagements.models import Engagement

MOST = 3
LONGEST = 400


class Rule(NamedTuple):
    name: str
    version: int
    label: str
    reason: Callable[[Engagement], str]
    """Why this engagement is flagged, in a sentence for the reader; empty when it is not."""


def _hosted_travel(engagement: Engagement) -> str:
    if engagement.payer in {Payer.HOST, Payer.THIRD_PARTY, Payer.MIXED}:
        return f"Paid for by: {engagement.get_payer_display().lower()}. Check the gift and travel rules of the jurisdiction."
    return ""


def _binding_language(engagement: Engagement) -> str:
    if engagement.has_binding_language:
        return "The office expects that something binding may be signed. States may not enter treaties (Constitution, Art. I § 10)."
    if engagement.kind == Kind.SIGNING:
        return "An agreement is to be signed. The office says that it has no binding language."
    return ""


def _foreign_agent(engagement: Engagement) -> str:
    if engagement.foreign_agent or engagement.fara_number:
        number = f", FARA registration {engagement.fara_number}" if engagement.fara_number else ""
        return f"Arranged with a foreign agent: {engagement.foreign_agent or 'name not given'}{number}."
    return ""


def _infrastructure(engagement: Engagement) -> str:
    return (
        "The office says that it touches critical infrastructure."
        if engagement.touches_infrastructure
        else ""
    )


def _guidance(engagement: Engagement) -> str:
    """What federal desks ask everyone to heed there, by title: the words are on the guidance's own page."""
    said = CountryGuidance.objects.in_force().about(places_of(engagement))
    titles = [f"{piece.title} ({piece.place})" for piece in said.exclude(kind=CountryGuidance.Kind.COURTESY)]
    return _sentence("Guidance is in force: ", titles)


def _possible_listing(engagement: Engagement) -> str:
    """A name like one of those met stands on a public list. That is no finding about anybody."""
    hits = Hit.objects.live().possible().filter(counterpart__in=met_by(engagement).values("pk"))
    names = [
        f"{hit.counterpart} ({hit.listing.list_name}, list of {hit.listing.edition.published_on:%B %-d, %Y})"
        for hit in hits.select_related("counterpart", "listing__edition")
    ]
    return _sentence("A possible match, not a finding: ", list(dict.fromkeys(names)))


def _sentence(begun: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"{begun}{'; '.join(names[:MOST])}{more}."[:LONGEST] if names else ""


def met_by(engagement: Engagement) -> QuerySet[Counterpart]:
    """The counterparts it names, and who on the register comes for their side."""
    came = engagement.participants.filter(counterpart__isnull=False).values("counterpart")
    return Counterpart.objects.filter(Q(pk__in=engagement.counterparts.values("pk")) | Q(pk__in=came))


def places_of(engagement: Engagement) -> set[tuple[str, str]]:
    """(country, subdivision) of each stop and of each counterpart."""
    met = engagement.counterparts.values_list("country", "subdivision")
    return {*engagement.stops.values_list("country", "subdivision"), *met}


RULES = (
    Rule("country_guidance", 1, "Country guidance", _guidance),
    Rule("possible_listing", 3, "Possible listing", _possible_listing),
    Rule("hosted_travel", 1, "Hosted travel", _hosted_travel),
    Rule("binding_language", 1, "Agreement", _binding_language),
    Rule("foreign_agent", 1, "Foreign agent", _foreign_agent),
    Rule("critical_infrastructure", 1, "Critical infrastructure", _infrastructure),
)


def raised_by(engagement: Engagement) -> Iterator[tuple[Rule, str]]:
    for rule in RULES:
        if reason := rule.reason(engagement):
            yield rule, reason
