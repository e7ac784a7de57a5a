"""Attention flags: named, versioned rules that inform the office and the desk. Nothing ever waits for a flag."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from engagements.choices import Kind, Payer
from engagements.models import Engagement


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


RULES = (
    Rule("hosted_travel", 1, "Hosted travel", _hosted_travel),
    Rule("binding_language", 1, "Agreement", _binding_language),
    Rule("foreign_agent", 1, "Foreign agent", _foreign_agent),
    Rule("critical_infrastructure", 1, "Critical infrastructure", _infrastructure),
)


def raised_by(engagement: Engagement) -> Iterator[tuple[Rule, str]]:
    for rule in RULES:
        if reason := rule.reason(engagement):
            yield rule, reason
