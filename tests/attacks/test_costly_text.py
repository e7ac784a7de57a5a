"""Text that is cheap to send and dear to read."""

import json
import time

import pytest

from accounts.models import Member
from tests.api.conftest import ROOT
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db
LONG = 900_000


@pytest.mark.parametrize("piece", [" ", "\t", " \n", "a ", "\r", "\u202e"])
def test_a_line_of_a_million_spaces_costs_no_more_than_another(
    piece: str, maria: Member, client_for: ClientFor
) -> None:
    """It took an hour of a process, which served nobody meanwhile: only the bound of bodies stopped it from being more."""
    client = client_for(maria)
    each = len(json.dumps(piece, ensure_ascii=False).encode()) - 2
    said = json.dumps({"title": piece * (LONG // each) + "x", "kind": "meeting"}, ensure_ascii=False)
    before = time.process_time()
    answer = client.post(f"{ROOT}engagements/", said, "application/json")
    assert time.process_time() - before < 10
    assert answer.status_code in {201, 400}, "what is left of it may be a title"
