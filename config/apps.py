from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Only so that the project's own system checks are found."""

    name = "config"
