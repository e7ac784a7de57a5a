from accounts.views.own import access_ended, act_for, office, profile, sign_in_as

__all__ = ["access_ended", "act_for", "office", "profile", "sign_in_as"]
