"""Who may enter the admin at all. What they see there, visibility and authority decide."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from registry.models import User

ENTER_ADMIN = "wagtailadmin.access_admin"


class RepresentativeBackend(ModelBackend):
    """Django's backend, and everybody who represents a participant or holds a role enters the admin.

    So the door needs no group to be kept in step with the registry's roles. Behind it nothing of Wagtail's
    opens without a permission of its own, and nothing of the registry's without a token or a role.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm == ENTER_ADMIN and obj is None and _takes_part(user_obj):
            return True
        return bool(super().has_perm(user_obj, perm, obj))


def _takes_part(user: Any) -> bool:
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.participant_id is not None or user.role_assignments.exists()
