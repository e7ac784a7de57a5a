"""What a session holds is signed for its own key. Django signs it for any: whoever writes rows could copy what somebody else's
says into their own, and be them."""

from django.contrib.sessions.backends.db import SessionStore as OfAnyKey


class SessionStore(OfAnyKey):
    @property
    def key_salt(self) -> str:
        return f"accounts.signin.store.{self.session_key}"
