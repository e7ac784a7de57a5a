from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.signin.second_factor import box
from diplomacy.lib.rls import system

SEALED = ("secret", "seed")


def reseal() -> int:
    """Seals anew what an earlier key or algorithm sealed, and says how many rows held such. Nobody's act: no line in the log.

    Rows that do not open stop it before anything is written: somebody must say what became of their key.
    """
    with transaction.atomic(), system("accounts.proofs"):
        rows = list(Authenticator.objects.select_for_update())
        old = [row for row in rows if _reseal(row)]
        Authenticator.objects.bulk_update(old, ["data"], batch_size=500)
    return len(old)


def _reseal(row: Authenticator) -> bool:
    names = [name for name in SEALED if name in row.data and not box().is_current(row.data[name])]
    for name in names:
        row.data[name] = box().seal(box().open(row.data[name]))
    return bool(names)
