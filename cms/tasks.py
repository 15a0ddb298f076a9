from __future__ import annotations

from django_tasks import task

from registry.services.password import password_reset_send


@task()
def send_password_link(email: str) -> None:
    """See `password_reset_send`."""
    password_reset_send(email=email)
