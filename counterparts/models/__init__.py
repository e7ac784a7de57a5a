from counterparts.models.guidance import CountryGuidance
from counterparts.models.listings import ListEdition, Listing, ListingName, PublicList, RefusedRow
from counterparts.models.merging import Alike, Distinct, Merge, MovedRows
from counterparts.models.register import Alias, Counterpart, CounterpartNote, Post, Source
from counterparts.models.screening import Disposition, Hit, Screening

__all__ = [
    "Alias",
    "Alike",
    "Counterpart",
    "CounterpartNote",
    "CountryGuidance",
    "Disposition",
    "Distinct",
    "Hit",
    "ListEdition",
    "Listing",
    "ListingName",
    "Merge",
    "MovedRows",
    "Post",
    "PublicList",
    "RefusedRow",
    "Screening",
    "Source",
]
