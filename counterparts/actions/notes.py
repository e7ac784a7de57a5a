from django.db import transaction

from accounts.models import Member
from activity import actions as activity
from counterparts import rules
from counterparts.actions.locking import as_it_stands
from counterparts.models import Counterpart, CounterpartNote
from diplomacy.lib import readers
from diplomacy.lib.errors import Invalid


@transaction.atomic
def note(counterpart: Counterpart, *, by: Member, text: str) -> CounterpartNote:
    """What one's office or desk keeps to itself."""
    rules.require_writer(by)
    if not text.strip():
        raise Invalid({"text": ["Write the note."]})
    counterpart = as_it_stands(counterpart)
    own = [readers.office(by.office_id)]
    made = CounterpartNote.objects.create(
        counterpart=counterpart, office=by.office, text=text.strip(), written_by=by, readers=own
    )
    activity.record("counterparts.noted", counterpart, by=by, readers=own)
    return made
