from counterparts.models.guidance import CountryGuidance
from counterparts.models.listings import ListEdition, Listing, ListingName, RefusedRow
from counterparts.models.merging import Distinct, Merge
from counterparts.models.register import Alias, Counterpart, CounterpartNote, Post, Source
from counterparts.models.screening import Disposition, Hit, Screening

__all__ = [
    "Alias",
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
    "Post",
    "RefusedRow",
    "Screening",
    "Source",
]
