"""Everyone and everything made so far, under the short names that the tables use."""

from dataclasses import dataclass, field

from accounts.models import Coalition, Member, Office, User
from counterparts.models import Counterpart
from diplomacy.demo.calendar import Calendar


@dataclass
class Cast:
    calendar: Calendar
    offices: dict[str, Office] = field(default_factory=dict)
    coalitions: dict[str, Coalition] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    members: dict[tuple[str, str], Member] = field(default_factory=dict)
    """By (person, office)."""
    counterparts: dict[str, Counterpart] = field(default_factory=dict)

    def lead(self, office: str) -> str:
        """Who acts for an office where a table names nobody: the first person listed there who may write."""
        writing = {"staff", "lead", "desk_lead", "liaison", "briefer"}
        return next(who for (who, where), m in self.members.items() if where == office and m.role in writing)
