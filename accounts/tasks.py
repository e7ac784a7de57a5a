from celery import shared_task

from accounts import actions


@shared_task(name="accounts.tasks.remind")
def remind() -> int:
    """Of terms that end, of members to confirm, of those whom nobody confirmed, and of what runs out."""
    return actions.remind()


@shared_task(name="accounts.tasks.forget")
def forget() -> int:
    """Sessions, tokens and invitations that have run out."""
    return actions.forget()


@shared_task(name="accounts.tasks.post")
def post() -> int:
    """Letters about accounts: asked for just now, or left when a relay or a worker was away."""
    return actions.post()


@shared_task(name="accounts.tasks.forget_answers")
def forget_answers() -> int:
    """Of providers of identities, once they are too old to be shown again."""
    return actions.forget_answers()
