"""What the keepers of a country page may do in the Wagtail admin, and that nobody else may do any of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import GroupPagePermission, Page, PageViewRestriction
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.country.permissions import closed_paths
from cms.models import CountryPage, CountrySubPage, EventPage, NationalPart
from cms.services.country import country_open, country_page_provision
from registry.errors import NotAllowed
from registry.models import AuditEvent, Role, RoleAssignment, User
from registry.services.participant import participant_create
from registry.services.role import role_give, role_take
from tests.cms.conftest import page as starter_page
from tests.cms.country.conftest import SECRET, Countries
from tests.markers import WHOLE

#: Names under which addresses of the admin take the key of a page.
PAGE_ARGUMENTS = {
    "page_id",
    "pk",
    "parent_page_id",
    "page_to_move_id",
    "destination_id",
    "object_id",
    "source_id",
}
OF_PAGES = (
    "/admin/pages/",
    "/admin/choose-page/",
    "/admin/localize/",
    "/admin/api/main/pages/",
    "/admin/reports/",
)


def _admin_patterns(patterns: Any = None, spaces: tuple[str, ...] = ()) -> Any:
    for pattern in get_resolver("wagtail.admin.urls").url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _admin_patterns(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield ":".join([*spaces, pattern.name]), pattern.pattern


def _addresses(page: Page) -> list[str]:
    """Every address of the admin that can be made from the key of a page alone, or of it and its revision."""
    values = dict.fromkeys(PAGE_ARGUMENTS, page.pk)
    values |= {"app_label": "cms", "model_name": page.specific_class._meta.model_name}
    values |= {
        "content_type_app_name": "cms",
        "content_type_model_name": page.specific_class._meta.model_name,
    }
    values |= {"revision_id": page.latest_revision_id, "revision_id_a": page.latest_revision_id}
    values |= {"revision_id_b": page.latest_revision_id, "mode": "move", "language_code": "ru"}
    found = set()
    for name, pattern in _admin_patterns():
        converters = getattr(pattern, "converters", None)
        names = set(converters) if converters is not None else set(pattern.regex.groupindex)
        wanted = {key: values[key] for key in names if key in values}
        if not names & PAGE_ARGUMENTS or set(wanted) != names:
            continue
        try:
            found.add(reverse(name, kwargs=wanted))
        except NoReverseMatch:
            continue
    return sorted(address for address in found if address.startswith(OF_PAGES))


def _event_form(title: str, slug: str) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": title, "slug": slug, "introduction": "Introduction.", "starts_on": "2999-01-02",
            "time_zone": "UTC", "body": streamfield([("paragraph", rich_text("<p>Programme</p>"))]),
            "action-publish": "1",
        }
    )  # fmt: skip


def test_the_admin_addresses_of_pages_are_found(countries: Countries) -> None:
    found = _addresses(countries.page("KAZ"))
    key = countries.page("KAZ").pk
    for expected in (f"/admin/pages/{key}/edit/", f"/admin/pages/{key}/", f"/admin/pages/{key}/delete/"):
        assert expected in found
    assert len(found) > 20


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["MDA", "secretariat", "stolen group"])
@pytest.mark.thorough
def test_no_address_of_the_admin_shows_or_changes_the_part_of_another_country(
    countries: Countries, who: str, method: str
) -> None:
    """Neither with a country page of one's own, nor as an editor of the portal, nor in a group by mistake."""
    if who == "secretariat":
        user = User.objects.create_user("office")
        user.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    else:
        user = countries.keepers["MDA"]
        if who == "stolen group":
            user.groups.add(countries.parts["KAZ"].keepers, countries.parts["KAZ"].moderators)  # type: ignore[arg-type]
    client = countries.signed_in(user)
    before = list(Page.objects.order_by("pk").values())
    followed = {"/admin/"}  # where it is led to in the end
    # The country page, what is two levels below it, an event.
    pages = countries.pages["KAZ"][:5:2] if WHOLE else countries.pages["KAZ"][2:3]
    for page in pages:
        for address in _addresses(page):
            response = getattr(client, method)(address)
            assert SECRET not in response.content.decode(), address
            if response.status_code == 302 and response["Location"] not in followed:
                followed.add(response["Location"])
                response = client.get(response["Location"], follow=True)
                assert SECRET not in response.content.decode(), address
    assert SECRET not in client.get("/admin/").content.decode()  # with what was said on the way
    assert list(Page.objects.order_by("pk").values()) == before


def test_lists_choosers_and_searches_of_the_admin_tell_nothing_of_another_country(
    countries: Countries,
) -> None:
    index = countries.page("KAZ").get_parent()
    client = countries.signed_in(countries.keepers["MDA"])
    for address in (
        f"/admin/pages/{index.pk}/",
        "/admin/pages/search/?q=below",
        f"/admin/choose-page/{index.pk}/",
        f"/admin/choose-page/{countries.page('KAZ').pk}/",
        "/admin/choose-page/search/?q=below",
        f"/admin/choose-page/chosen-multiple/?id={countries.pages['KAZ'][1].pk}",
        "/admin/reports/aging-pages/",
        "/admin/reports/site-history/",
        "/admin/reports/locked/",
        "/admin/reports/workflow/",
        "/admin/reports/workflow_tasks/",
        "/admin/",
        "/admin/images/",
        "/admin/images/chooser/",
        "/admin/localize/reports/translations/",
    ):
        response = client.get(address, follow=True)
        assert SECRET not in response.content.decode(), address


def _someone(countries: Countries, who: str) -> User:
    if who == "MDA":
        return countries.keepers["MDA"]
    office = User.objects.create_user("office")
    office.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    return office


@pytest.mark.parametrize("who", ["MDA", "secretariat"])
@pytest.mark.parametrize("action", ["delete", "unpublish", "publish", "move"])
@pytest.mark.thorough
def test_actions_on_many_pages_do_not_find_those_of_another_country(
    countries: Countries, action: str, who: str
) -> None:
    client = countries.signed_in(_someone(countries, who))
    url = f"/admin/bulk/wagtailcore/page/{action}/"
    before = list(Page.objects.order_by("pk").values())
    for page in countries.pages["KAZ"][:3]:
        for query in (f"id={page.pk}", f"id=all&childOf={page.pk}", f"id=all&q={SECRET}&childOf={page.pk}"):
            for send in (client.get, client.post):
                response = send(f"{url}?{query}")
                assert response.status_code == 404, query
                assert SECRET not in response.content.decode()
    index = countries.page("KAZ").get_parent()
    for query in ("id=all", f"id=all&childOf={index.pk}", f"id=all&childOf={index.pk}&q=Zhasyryn"):
        assert SECRET not in client.get(f"{url}?{query}").content.decode()
    assert client.get(f"{url}?id=all").status_code == 200
    assert list(Page.objects.order_by("pk").values()) == before


def test_an_editor_still_acts_on_many_pages_of_the_own_country(countries: Countries) -> None:
    own = countries.pages["MDA"][1:4]
    ids = "&".join(f"id={page.pk}" for page in own)
    response = countries.signed_in(countries.keepers["MDA"]).post(
        f"/admin/bulk/wagtailcore/page/unpublish/?{ids}&id={countries.pages['KAZ'][1].pk}"
    )
    assert response.status_code == 302
    assert {page.live for page in Page.objects.filter(pk__in=[page.pk for page in own])} == {False}
    assert Page.objects.get(pk=countries.pages["KAZ"][1].pk).live


@pytest.mark.parametrize("who", ["MDA", "secretariat"])
def test_forms_do_not_find_a_page_of_another_country(countries: Countries, who: str) -> None:
    client = countries.signed_in(_someone(countries, who))
    own = countries.pages["MDA"][2]
    for page in countries.pages["KAZ"][:3]:
        for url, name in (
            ("/admin/pages/create/cms/linkspage", "parent_page"),
            ("/admin/pages/create/cms/countrysubpage", "parent_page"),
            (f"/admin/pages/{own.pk}/copy/", "new_parent_page"),
            (f"/admin/bulk/wagtailcore/page/move/?id={own.pk}", "chooser"),
        ):
            response = client.post(url, {name: page.pk, "new_slug": "copy", "new_title": "Copy"})
            assert response.status_code == 404, url
            assert SECRET not in response.content.decode()


@pytest.mark.parametrize("who", ["MDA", "secretariat"])
def test_the_report_that_asks_for_no_permission_is_closed(countries: Countries, who: str) -> None:
    client = countries.signed_in(_someone(countries, who))
    for url in ("/admin/reports/page-types-usage/", "/admin/reports/page-types-usage/results/"):
        assert client.get(url).status_code == 404
        assert url not in client.get("/admin/").content.decode()


def test_drafts_of_an_open_country_are_not_chosen_by_others(countries: Countries) -> None:
    countries.open("KAZ")
    shown, draft = countries.pages["KAZ"][3], countries.pages["KAZ"][1]
    draft.unpublish()
    Page.objects.filter(pk=draft.pk).update(title="Unfinished", draft_title="Unfinished")
    restricted = countries.pages["KAZ"][4]
    PageViewRestriction.objects.create(page=restricted, restriction_type=PageViewRestriction.LOGIN)
    client = countries.signed_in(countries.keepers["MDA"])
    listed = client.get(f"/admin/choose-page/{countries.page('KAZ').pk}/").content.decode()
    assert shown.title in listed
    assert "Unfinished" not in listed
    assert restricted.title not in listed
    searched = client.get("/admin/choose-page/search/?q=Unfinished").content.decode()
    assert "Unfinished" not in searched.replace("q=Unfinished", "")
    assert shown.title in client.get(f"/admin/choose-page/search/?q={SECRET}").content.decode()
    assert client.get(f"/admin/choose-page/{draft.pk}/").status_code == 404
    chosen = "/admin/choose-page/chosen-multiple/?id="
    assert client.get(f"{chosen}{draft.pk}").status_code == 404
    assert client.get(f"{chosen}{shown.pk}").status_code == 200
    own = countries.signed_in(countries.keepers["KAZ"])
    assert "Unfinished" in own.get(f"/admin/choose-page/{countries.page('KAZ').pk}/").content.decode()


def test_a_content_manager_adds_edits_and_publishes_below_the_own_page(countries: Countries) -> None:
    client = countries.signed_in(countries.keepers["MDA"])
    own = countries.page("MDA", "ru")
    add = reverse("wagtailadmin_pages:add", args=["cms", "eventpage", own.pk])
    assert client.post(add, _event_form("Совещание", "soveshchanie")).status_code == 302
    event = EventPage.objects.child_of(own).get(slug="soveshchanie")
    assert event.live
    assert event.title == "Совещание"
    edit = reverse("wagtailadmin_pages:edit", args=[event.pk])
    assert client.post(edit, _event_form("Встреча", "soveshchanie")).status_code == 302
    assert "Встреча" in Client().get(event.url).content.decode()
    assert client.get(reverse("wagtailadmin_pages:edit", args=[own.pk])).status_code == 200


@pytest.mark.parametrize("place", ["KAZ", "home", "news", "countries"])
def test_a_content_manager_adds_nothing_anywhere_else(countries: Countries, place: str) -> None:
    client = countries.signed_in(countries.keepers["MDA"])
    parent = {
        "KAZ": countries.page("KAZ"),
        "home": starter_page("home"),
        "news": starter_page("events"),
        "countries": starter_page("countries"),
    }[place]
    count = Page.objects.count()
    for model in ("eventpage", "countrysubpage", "articlepage"):
        address = reverse("wagtailadmin_pages:add", args=["cms", model, parent.pk])
        assert client.post(address, _event_form("Foreign", "foreign"), follow=True).status_code in {
            200,
            403,
            404,
        }
    assert Page.objects.count() == count


def test_pages_are_moved_and_copied_within_the_own_country_only(countries: Countries) -> None:
    client = countries.signed_in(countries.keepers["MDA"])
    event, target = countries.pages["MDA"][4], countries.page("KAZ")
    move = reverse("wagtailadmin_pages:move_confirm", args=[event.pk, target.pk])
    client.post(move, follow=True)
    copy = reverse("wagtailadmin_pages:copy", args=[event.pk])
    form = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": target.pk, "publish_copies": "1"}
    client.post(copy, form, follow=True)
    assert EventPage.objects.get(pk=event.pk).get_parent().pk == countries.page("MDA").pk
    assert not Page.objects.filter(slug="copy").exists()


def test_the_country_page_itself_is_neither_moved_copied_nor_deleted(countries: Countries) -> None:
    client = countries.signed_in(countries.keepers["MDA"])
    own = countries.page("MDA")
    client.post(reverse("wagtailadmin_pages:delete", args=[own.pk]), follow=True)
    client.post(
        reverse("wagtailadmin_pages:copy", args=[own.pk]),
        {"new_title": "Two", "new_slug": "two", "new_parent_page": own.get_parent().pk},
        follow=True,
    )
    assert CountryPage.objects.filter(part=countries.parts["MDA"]).count() == 2
    permissions = own.permissions_for_user(countries.keepers["MDA"])
    assert permissions.can_edit()
    assert permissions.can_publish()
    assert not permissions.can_delete()
    assert not permissions.can_move()


def test_images_lie_apart(countries: Countries) -> None:
    secret = get_image_model().objects.create(
        title=SECRET, file=get_test_image_file("k.png"), collection=countries.parts["KAZ"].collection
    )
    client = countries.signed_in(countries.keepers["MDA"])
    for name in ("edit", "delete", "usage", "url_generator", "preview"):
        try:
            address = reverse(f"wagtailimages:{name}", args=[secret.pk])
        except NoReverseMatch:
            continue
        assert SECRET not in client.get(address, follow=True).content.decode(), address
    chosen = reverse("wagtailimages_chooser:chosen", args=[secret.pk])
    assert SECRET not in client.get(chosen, follow=True).content.decode()


def test_only_the_administrator_ticks_the_box(countries: Countries) -> None:
    owner = countries.world.participants["KAZ"]
    administrator = countries.world.people["KAZ"]["administrator"]
    address = reverse("country_open", args=["KAZ"])
    strangers = [
        countries.keepers["KAZ"],
        countries.keepers["MDA"],
        countries.world.people["MDA"]["administrator"],
    ]
    for person in strangers:
        assert countries.signed_in(person).post(address, {"is_open": "on"}).status_code == 404
        with pytest.raises(NotAllowed):
            country_open(participant=owner, actor=person, is_open=True)
    assert not NationalPart.objects.get(participant=owner).is_open
    client = countries.signed_in(administrator)
    assert client.get(address).status_code == 200
    assert client.post(address, {"is_open": "on"}).status_code == 302
    assert NationalPart.objects.get(participant=owner).is_open
    event = AuditEvent.objects.filter(action="country.open", participant="KAZ").get()
    assert event.actor == administrator.username


def test_a_role_given_or_taken_changes_the_groups_at_once(
    countries: Countries, django_capture_on_commit_callbacks: Any
) -> None:
    world = countries.world
    administrator, person = world.people["MDA"]["administrator"], world.people["MDA"]["user"]
    part, own = countries.parts["MDA"], countries.page("MDA")
    assert not own.permissions_for_user(person).can_edit()
    with django_capture_on_commit_callbacks(execute=True):
        given = role_give(person=person, actor=administrator, role=Role.CONTENT_MANAGER)
    person = User.objects.get(pk=person.pk)
    assert part.keepers in person.groups.all()
    assert own.permissions_for_user(person).can_edit()
    connection.run_on_commit.clear()  # a test commits nothing, so the first announcement would still wait
    with django_capture_on_commit_callbacks(execute=True):
        role_take(assignment=given, actor=administrator)
    person = User.objects.get(pk=person.pk)
    assert not person.groups.exists()
    assert not own.permissions_for_user(person).can_edit()


def test_a_group_gives_no_rights_in_the_registry(countries: Countries) -> None:
    """Put into the groups of KAZ by somebody who may edit groups, a person of MDA has gained nothing."""
    person = countries.world.people["MDA"]["user"]
    for group in (countries.parts["KAZ"].keepers, countries.parts["KAZ"].moderators):
        person.groups.add(group)  # type: ignore[arg-type]
    viewer = countries.world.viewer("MDA")
    assert "participant:KAZ" not in viewer.tokens
    assert countries.page("KAZ").path in closed_paths(User.objects.get(pk=person.pk))
    country_page_provision(participant=countries.world.participants["KAZ"])
    assert not person.groups.exists()


def test_provisioning_changes_nothing_when_all_is_well(countries: Countries) -> None:
    def state() -> Any:
        return (
            list(Page.objects.order_by("pk").values()),
            list(GroupPagePermission.objects.order_by("pk").values()),
            list(NationalPart.objects.order_by("pk").values()),
            AuditEvent.objects.count(),
        )

    before = state()
    for part in countries.parts.values():
        country_page_provision(participant=part.participant)
    assert state() == before


def test_provisioning_repairs(countries: Countries) -> None:
    part = countries.parts["MDA"]
    assert part.keepers is not None
    assert part.collection is not None
    stranger = countries.world.people["KAZ"]["user"]
    part.keepers.user_set.set([stranger])
    GroupPagePermission.objects.filter(group=part.keepers).delete()
    home = starter_page("home")
    permission = GroupPagePermission.objects.filter(group=countries.parts["KAZ"].keepers).first()
    assert permission is not None
    GroupPagePermission.objects.create(group=part.keepers, page=home, permission=permission.permission)
    country_page_provision(participant=part.participant)
    names = set(part.keepers.user_set.values_list("username", flat=True))
    assert names == {"mda-keeper", "mda-administrator"}
    pages = set(GroupPagePermission.objects.filter(group=part.keepers).values_list("page", flat=True))
    assert pages == {countries.page("MDA", code).pk for code in ("en", "ru")}


def test_a_country_page_comes_with_the_participant_in_both_languages(
    countries: Countries, django_capture_on_commit_callbacks: Any
) -> None:
    office = User.objects.create_user("chief")
    RoleAssignment.objects.create(user=office, role=Role.SYSTEM_ADMINISTRATOR)
    with django_capture_on_commit_callbacks(execute=True):
        participant_create(actor=office, code="LVA", kind="state", name_en="Latvia", name_ru="Латвия")
    part = NationalPart.objects.get(participant__code="LVA")
    assert not part.is_open
    pages = {page.locale.language_code: page for page in part.pages.select_related("locale")}
    assert {code: page.title for code, page in pages.items()} == {"en": "Latvia", "ru": "Латвия"}
    assert pages["en"].translation_key == pages["ru"].translation_key
    assert all(page.live and page.slug == "lva" for page in pages.values())
    assert pages["ru"].introduction.startswith("Латвия: ")


def test_sub_pages_are_no_articles_of_the_portal() -> None:
    assert CountrySubPage not in starter_models()


def starter_models() -> list[type[Page]]:
    from cms.models import HomePage, SectionPage

    return [*HomePage.allowed_subpage_models(), *SectionPage.allowed_subpage_models()]
