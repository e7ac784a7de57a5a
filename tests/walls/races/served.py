"""What gunicorn serves in the races: the product as it is, with the probes beside its pages."""

import os

from diplomacy.wsgi import application  # first: it sets Django up, which the others need

# isort: split
from diplomacy import urls
from diplomacy.lib.rls import context
from tests.walls.races import probes

__all__ = ["application"]

urls.urlpatterns[:0] = probes.urlpatterns
if os.environ.get("RACES_BREAK"):
    # The mistake that the races are there to notice: said for the session instead of the transaction, and never unsaid.
    context.SET = context.SET.replace("true", "false")
    context._is_usable = lambda: False
