"""What a door says when it refuses. Pages and API turn these into the same status and the same words."""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    status = 400
    title = "That did not work"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Forbidden(Refusal):
    """The person may see the record but may not do this to it."""

    status = 403
    title = "You may not do this"


class Conflict(Refusal):
    """The record's status does not allow this move now."""

    status = 409
    title = "This cannot be done now"


class Stale(Refusal):
    """Somebody saved a newer version since this one was read."""

    status = 412
    title = "Somebody else changed this first"

    def __init__(
        self,
        reason: str = "The record was changed after you opened it. Nothing of yours was saved over it.",
    ) -> None:
        super().__init__(reason)


class Invalid(Refusal):
    """Input that a rule refuses; `fields` maps each field to its messages."""

    status = 400
    title = "Some answers need another look"

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(message for messages in fields.values() for message in messages))
        self.fields = {name: list(messages) for name, messages in fields.items()}
