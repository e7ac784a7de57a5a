from django.db import connection


def take_turns(what: str, about: str = "") -> None:
    """Until the transaction ends, where what is looked at has no one row that could be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", [what, about])
