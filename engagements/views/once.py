from collections.abc import Callable

from django.db.models import Model

from activity import actions as activity
from engagements.forms.advice import Once


def once(form: Once, user_id: int, make: Callable[[], Model]) -> None:
    """The same page sent twice with the same words does its work once."""
    if key := form.cleaned_data.get("key"):
        activity.once(f"{key}:{form.digest[:48]}", user_id=user_id, digest=form.digest, make=make)
    else:
        make()
