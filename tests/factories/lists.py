"""The smallest entries of public lists. Names are invented."""

import hashlib
from datetime import date
from itertools import count
from typing import Any

from counterparts.models import ListEdition, Listing, ListingName
from counterparts.names import bare

DIGEST = "0" * 64
_numbers = count(1)


def edition(source: str = "ofac", *, of: date = date(2026, 3, 2)) -> ListEdition:
    return ListEdition.objects.create(source=source, published_on=of, state="loaded")


def listing(name: str, *aliases: str, in_: ListEdition, kind: str = "person", **more: Any) -> Listing:
    said = {"list_name": "SDN", "digest": hashlib.sha256(repr((name, aliases, more)).encode()).hexdigest()}
    made = Listing.objects.create(
        source=in_.source,
        entry=str(next(_numbers)),
        kind=kind,
        name=name,
        first_edition=in_,
        edition=in_,
        **{**said, **more},
    )
    for text, of_kind in ((name, "primary"), *((alias, "alias") for alias in aliases)):
        ListingName.objects.create(
            listing=made, kind=of_kind, name=text, bare=bare(text, is_person=kind == "person")
        )
    return made
