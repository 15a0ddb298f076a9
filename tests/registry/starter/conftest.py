import pytest

from registry.services.starter import StarterSummary, starter_load


@pytest.fixture
def loaded(db: None) -> StarterSummary:
    """The starter content in an empty database."""
    return starter_load()
