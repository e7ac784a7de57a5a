"""Who would receive which cut, for the briefers to look at before anything leaves the house."""

from collections import defaultdict
from dataclasses import dataclass, field

from accounts.models import Member
from briefings import audience, tailoring
from briefings.models import Briefing, Section


@dataclass(frozen=True)
class Group:
    """Readers who get the same sections."""

    number: int
    sections: list[Section]
    readers: list[Member]

    @property
    def label(self) -> str:
        return tailoring.narrowest(section.label for section in self.sections)


@dataclass(frozen=True)
class Preview:
    groups: list[Group]
    sections: list[Section]
    passed_over: int
    fingerprint: str
    unreached: list[Section] = field(default_factory=list)
    """Sections that nobody would get."""

    @property
    def readers(self) -> int:
        return sum(len(group.readers) for group in self.groups)


def of(briefing: Briefing) -> Preview:
    cuts, passed_over = audience.outcome_of(briefing)
    sections = list(briefing.sections.all())
    groups = _groups(cuts, sections)
    reached = {section.pk for group in groups for section in group.sections}
    unreached = [section for section in sections if section.pk not in reached]
    return Preview(groups, sections, passed_over, tailoring.fingerprint(cuts), unreached)


def _groups(cuts: list[tailoring.Cut], sections: list[Section]) -> list[Group]:
    """The fullest cut first, readers by name."""
    ids = [cut.member_id for cut in cuts]
    cut_of = {cut.member_id: cut.sections for cut in cuts}
    readers: dict[tuple[int, ...], list[Member]] = defaultdict(list)
    for member in (
        Member.objects.filter(pk__in=ids).select_related("user", "office").order_by("user__name", "pk")
    ):
        readers[cut_of[member.pk]].append(member)
    parts = {section.pk: section for section in sections}
    fullest = sorted(readers, key=lambda cut: (-len(cut), cut))
    return [Group(number, [parts[pk] for pk in cut], readers[cut]) for number, cut in enumerate(fullest, 1)]
