from celery import shared_task

from accounts import actions


@shared_task(name="accounts.tasks.remind")
def remind() -> int:
    """Of terms that end, of members to confirm, and of those whom nobody confirmed."""
    return actions.remind()


@shared_task(name="accounts.tasks.forget")
def forget() -> int:
    """Sessions, tokens and invitations that have run out."""
    return actions.forget()


@shared_task(name="accounts.tasks.forget_answers")
def forget_answers() -> int:
    """Of providers of identities, once they are too old to be shown again."""
    return actions.forget_answers()
