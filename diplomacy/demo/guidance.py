"""What desks tell everybody about dealing with a country, and how that changed."""

from dataclasses import dataclass

from accounts.models import Member
from counterparts import actions
from counterparts.models import CountryGuidance
from diplomacy.demo.cast import Cast
from diplomacy.demo.tables import Row

KEPT = ("country", "subdivision", "kind", "title", "text", "reason")


@dataclass
class GuidanceStory:
    cast: Cast
    row: Row
    latest: CountryGuidance | None = None

    def perform(self, act: Row) -> None:
        said = self.row | act
        fields = {name: said[name].strip() for name in KEPT if name in said}
        fields["starts_on"] = self.cast.calendar.day(act["day"])
        by = self._by(said["by"])
        if self.latest is None:
            self.latest = actions.publish_guidance(by=by, **fields)
        else:
            self.latest = actions.replace_guidance(self.latest, by=by, **fields)

    def _by(self, who: str) -> Member:
        return self.cast.members[who, self.row["office"]]
