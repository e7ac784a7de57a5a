from collections.abc import Callable

from django.db.models import Model

from activity import actions as activity
from engagements.forms.advice import Once


def once(form: Once, user_id: int, make: Callable[[], Model]) -> int:
    """The same page sent twice with the same words does its work once. The id of what it made."""
    if key := form.cleaned_data.get("key"):
        return activity.once(f"{key}:{form.digest[:48]}", user_id=user_id, digest=form.digest, make=make)[0]
    made: int = make().pk
    return made
