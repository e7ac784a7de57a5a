from django.db import connection

ALONE = "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))"
SHARED = "SELECT pg_advisory_xact_lock_shared(hashtext(%s), hashtext(%s))"


def take_turns(what: str, about: str = "", *, is_shared: bool = False) -> None:
    """Until the transaction ends, where what is looked at has no one row that could be locked. Those who share it go on
    beside each other, and not beside one who has it alone."""
    with connection.cursor() as cursor:
        cursor.execute(SHARED if is_shared else ALONE, [what, about])
