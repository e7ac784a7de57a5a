"""States and territories as a request for an office names them: by their Open Civic Data ids."""

from functools import cache

import us

from accounts import ocd_ids


@cache
def choices() -> list[tuple[str, str]]:
    named = [(_id(state), str(state.name)) for state in (*us.STATES, us.states.DC, *us.TERRITORIES)]
    return sorted(named, key=lambda pair: pair[1])


def _id(state: "us.states.State") -> str:
    kind = "district" if state.abbr == "DC" else "territory" if state.is_territory else "state"
    return f"{ocd_ids.US}/{kind}:{state.abbr.lower()}"


def name_of(ocd_id: str) -> str:
    return dict(choices()).get(ocd_id, ocd_id)
