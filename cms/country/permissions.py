"""Who may touch pages: Wagtail's permissions, and on country pages only the keepers of that country.

Wagtail's permissions are additive and inherited: whoever may edit the home page may edit all below it, and
who edits groups may put anybody into them. So the roles of the registry are asked besides: in the part of a
participant nobody but its own Content Managers and Administrators sees or does anything in the admin,
whatever groups say (D122, D155). A superuser, who runs the installation, may repair.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.functions import Left
from wagtail.models import Page, PagePermissionTester
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import page_permission_policy

from cms.country.authority import may_keep_pages
from cms.models.visibility import COUNTRY_DEPTH, COUNTRY_PATH, without_countries

_REMEMBERED = "_closed_country_paths"
_NATIONAL = "_national_country_paths"


def closed_paths(user: Any) -> frozenset[str]:
    """The paths of the country pages that this person keeps not. Two queries, once for a user object."""
    from cms.models import CountryPage

    if user.is_superuser:
        return frozenset()
    if not hasattr(user, _REMEMBERED):
        kept = getattr(user, "participant", None)
        pages = CountryPage.objects.order_by()
        if kept is not None and may_keep_pages(user, kept):
            pages = pages.exclude(part__participant=kept)
        setattr(user, _REMEMBERED, frozenset(pages.values_list("path", flat=True)))
    found: frozenset[str] = getattr(user, _REMEMBERED)
    return found


def national_paths(user: Any) -> frozenset[str]:
    """Those of `closed_paths` that their owners keep national. One query, once for a user object."""
    from cms.models import CountryPage

    if not hasattr(user, _NATIONAL):
        paths = CountryPage.objects.filter(part__is_open=False).order_by().values_list("path", flat=True)
        setattr(user, _NATIONAL, closed_paths(user).intersection(paths))
    found: frozenset[str] = getattr(user, _NATIONAL)
    return found


def is_closed(user: Any, page: Page) -> bool:
    """Whether the page is in the part of a participant that is not this person's to keep."""
    if page.depth is None:  # not in the tree yet: the page above was asked
        return False
    return page.depth >= COUNTRY_DEPTH and page.path[:COUNTRY_PATH] in closed_paths(user)


def may_know(user: Any, page: Page) -> bool:
    """Whether this person may be told that there is such a page: it is kept by them, or open to everybody."""
    return not is_closed(user, page) or (page.live and page.path[:COUNTRY_PATH] not in national_paths(user))


class PortalPermissionTester(PagePermissionTester):
    """Wagtail's answers for one page. A country page itself is neither moved, copied nor deleted."""

    def __init__(self, user: Any, page: Page) -> None:
        super().__init__(user, page)
        self.is_closed = user.is_active and is_closed(user, page)
        if self.is_closed:
            self.permissions: set[str] = set()

    def can_edit(self) -> bool:
        return not self.is_closed and bool(super().can_edit())

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        if self.is_closed or (self._is_country_page() and not self.user.is_superuser):
            return False
        return bool(super().can_delete(ignore_bulk))

    def can_submit_for_moderation(self) -> bool:
        return not self.is_closed and bool(super().can_submit_for_moderation())

    def can_lock(self) -> bool:
        return not self.is_closed and bool(super().can_lock())

    def can_unlock(self) -> bool:
        return not self.is_closed and bool(super().can_unlock())

    def can_set_view_restrictions(self) -> bool:
        """Within a country the box of its page decides, and nothing else."""
        inside = self.page.depth >= COUNTRY_DEPTH and _in_a_country(self.page)
        return not inside and bool(super().can_set_view_restrictions())

    def can_view_revisions(self) -> bool:
        return not self.is_closed and bool(super().can_view_revisions())

    def _is_country_page(self) -> bool:
        from cms.models import CountryPage

        return self.page.specific_class is CountryPage


def _in_a_country(page: Page) -> bool:
    from cms.models import CountryPage

    return bool(CountryPage.objects.filter(path=page.path[:COUNTRY_PATH]).exists())


class _WagtailsOwn(PagePermissionPolicy):
    """As Wagtail has it, with what it remembers of a user kept apart from ours."""

    permission_cache_name = "_page_permission_cache_of_wagtail"


class PortalPagePolicy(PagePermissionPolicy):
    """Wagtail's answers for many pages at once, without the countries a person does not keep."""

    def get_all_permissions_for_user(self, user: Any) -> Any:
        found = super().get_all_permissions_for_user(user)
        if not user.is_active or user.is_anonymous or user.is_superuser:
            return found
        inside = Left("page__path", COUNTRY_PATH)
        return found.alias(country_path=inside).exclude(country_path__in=closed_paths(user))

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Collection[str], instance: Any
    ) -> bool:
        if user.is_active and is_closed(user, instance):
            return False
        return bool(super().user_has_any_permission_for_instance(user, actions, instance))

    def instances_user_has_any_permission_for(self, user: Any, actions: Collection[str]) -> Any:
        found = _wagtails.instances_user_has_any_permission_for(user, actions)
        return self._without_closed(user, found)

    def explorable_instances(self, user: Any) -> Any:
        return self._without_closed(user, _wagtails.explorable_instances(user))

    def _without_closed(self, user: Any, pages: Any) -> Any:
        if not user.is_active or user.is_superuser:
            return pages
        return without_countries(pages, closed_paths(user))


_wagtails = _WagtailsOwn()


def install() -> None:
    """All of Wagtail's modules hold the one policy object, so its class is changed where it stands."""
    page_permission_policy.__class__ = PortalPagePolicy
