"""Country pages come with their participant: pages, groups, images, workflow; made, and put right again.

Running it again changes nothing that is as it should be, and nothing that keepers wrote. Source: mission rows
D124, D128, D137, D155–D162.
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Collection as ImageCollection
from wagtail.models import (
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms.country.authority import KEEPERS, OPENERS, require_country_opener
from cms.country.events import announce_country
from cms.models import CountryIndexPage, CountryPage, NationalPart
from cms.services.starter import locales_ensure, page_fill, page_translate
from cms.services.starter_texts import StarterPage, country_texts
from registry.errors import Conflict
from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES, texts
from registry.models import Participant, RoleAssignment, User
from registry.services.audit import audit_record

PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
IMAGE_PERMISSIONS = ("add_image", "change_image", "choose_image")
COMMON_GROUPS = ("Editors", "Moderators")
COMMON_COLLECTION = "Portal"
#: Groups and workflows have one name for everybody, so it is in both languages.
PAGE_NAME = "country page / страница страны"
APPROVAL_NAME = "approval of the country page / утверждение страницы страны"
FORMER_NAMES = ("country page", "country page, approval")


@transaction.atomic
def country_page_provision(*, participant: Participant) -> NationalPart | None:
    """The national part of a participant as it should be; None while the portal has no list of countries."""
    locales = locales_ensure()
    indexes = {page.locale.language_code: page for page in CountryIndexPage.objects.select_related("locale")}
    if DEFAULT_LANGUAGE not in indexes:
        return None
    part, is_new = NationalPart.objects.get_or_create(participant=participant)
    _common_images_apart()
    _groups_ensure(part)
    _images_ensure(part)
    pages = _pages_ensure(part, locales, indexes)
    _permissions_ensure(part, pages)
    _workflow_ensure(part, pages)
    members_follow(part=part)
    if is_new:
        audit_record(actor=None, action="country.provision", target=part, participant=participant)
    return part


def country_pages_provision() -> list[NationalPart]:
    """All participants in turn."""
    found = (country_page_provision(participant=one) for one in Participant.objects.order_by("order", "code"))
    return [part for part in found if part is not None]


@transaction.atomic
def country_open(*, participant: Participant, actor: User, is_open: bool) -> None:
    """Open a participant's part to everybody, or keep it national, in all languages and from now on (D137).

    NotAllowed for all but its administrator; Conflict where there is nothing to open.
    """
    require_country_opener(actor, participant)
    part = NationalPart.objects.select_for_update(of=("self",)).filter(participant=participant).first()
    if part is None:
        raise Conflict(_("The participant has no country page yet."))
    if part.is_open == is_open:
        return
    part.is_open = is_open
    part.save(update_fields=["is_open"])
    action = "country.open" if is_open else "country.close"
    audit_record(actor=actor, action=action, target=part, participant=participant)
    announce_country(part.pk)


@transaction.atomic
def members_follow(*, part: NationalPart) -> None:
    """Put those into the groups who hold the roles, and nobody else. Roles decide; groups only carry them."""
    for group, roles in ((part.keepers, KEEPERS), (part.moderators, OPENERS)):
        if group is not None:
            held = RoleAssignment.objects.filter(participant=part.participant, role__in=roles)
            group.user_set.set(User.objects.filter(participant=part.participant, pk__in=held.values("user")))


def _permissions(app: str, names: Collection[str]) -> list[Permission]:
    return list(Permission.objects.filter(content_type__app_label=app, codename__in=names))


def _groups_ensure(part: NationalPart) -> None:
    code = part.participant.code
    part.keepers = part.keepers or Group.objects.get_or_create(name=f"{code}: {PAGE_NAME}")[0]
    part.moderators = part.moderators or Group.objects.get_or_create(name=f"{code}: {APPROVAL_NAME}")[0]
    _name(part.keepers, f"{code}: {PAGE_NAME}")
    _name(part.moderators, f"{code}: {APPROVAL_NAME}")
    part.save(update_fields=["keepers", "moderators"])
    part.keepers.permissions.set(_permissions("wagtail_localize", ["submit_translation"]))
    part.moderators.permissions.clear()


def _name(named: Group | Workflow | Task, name: str) -> None:
    """Put the name in both languages in the place of that in English alone; one that people gave stays."""
    code = name.partition(":")[0]
    if named.name in {f"{code}: {former}" for former in FORMER_NAMES}:
        named.name = name
        named.save(update_fields=["name"])


def _common_images_apart() -> None:
    """The images of the secretariat's editors lie beside those of the participants, not above them."""
    root = ImageCollection.get_first_root_node()
    given = GroupCollectionPermission.objects.filter(group__name__in=COMMON_GROUPS, collection=root)
    if not given.exists():
        return
    common = ImageCollection.objects.child_of(root).filter(name=COMMON_COLLECTION).first()
    if common is None:
        common = root.add_child(instance=ImageCollection(name=COMMON_COLLECTION))
    for permission in given:
        GroupCollectionPermission.objects.get_or_create(
            group_id=permission.group_id, permission_id=permission.permission_id, collection=common
        )
    given.delete()


def _images_ensure(part: NationalPart) -> None:
    if part.collection is None:
        root = ImageCollection.get_first_root_node()
        part.collection = root.add_child(instance=ImageCollection(name=part.participant.code))
        part.save(update_fields=["collection"])
    wanted = Permission.objects.filter(
        content_type__app_label="wagtailimages", codename__in=IMAGE_PERMISSIONS
    )
    own = GroupCollectionPermission.objects.filter(group__in=[part.keepers, part.moderators])
    own.exclude(group=part.keepers, collection=part.collection, permission__in=wanted).delete()
    for permission in wanted:
        GroupCollectionPermission.objects.get_or_create(
            group=part.keepers, collection=part.collection, permission=permission
        )


def _pages_ensure(
    part: NationalPart, locales: dict[str, Locale], indexes: dict[str, CountryIndexPage]
) -> list[CountryPage]:
    """The page in every language that has a list of countries; those that exist stay as they are."""
    content = _content(part.participant)
    found = {page.locale.language_code: page for page in part.pages.select_related("locale")}
    source = found.get(DEFAULT_LANGUAGE)
    if source is None:
        source = CountryPage(
            part=part,
            slug=content.slug,
            locale=locales[DEFAULT_LANGUAGE],
            translation_key=next((page.translation_key for page in found.values()), content.translation_key),
            show_in_menus=False,
            **content.field_values(DEFAULT_LANGUAGE),
        )
        index = indexes[DEFAULT_LANGUAGE]
        index.refresh_from_db()
        index.add_child(instance=source)
        page_fill(content, source)
    for code in LANGUAGE_CODES:
        if code not in found and code != DEFAULT_LANGUAGE and code in indexes:
            page_translate(content, source, locales[code])
    return list(part.pages.all())


def _content(participant: Participant) -> StarterPage:
    """The text of the starter content, else a title and a sentence."""
    known = country_texts(participant.code)
    if known is not None:
        return known
    introduction = {}
    for code, name in texts(participant, "name").items():
        with translation.override(code):
            sentence = _("%(name)s: figures, law, documents, news and people to turn to.")
            introduction[code] = sentence % {"name": name}
    return StarterPage(
        key=f"country-{participant.code}",
        parent="",
        type="country",
        slug=participant.code.lower(),
        order=0,
        in_menu=False,
        fields={"title": texts(participant, "name"), "introduction": introduction},
        streams={},
    )


def _permissions_ensure(part: NationalPart, pages: Collection[Page]) -> None:
    wanted = list(
        Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS)
    )
    own = GroupPagePermission.objects.filter(group__in=[part.keepers, part.moderators])
    own.exclude(group=part.keepers, page__in=pages, permission__in=wanted).delete()
    for page in pages:
        for permission in wanted:
            GroupPagePermission.objects.get_or_create(group=part.keepers, page=page, permission=permission)


def _workflow_ensure(part: NationalPart, pages: Collection[Page]) -> None:
    """Who wants a second pair of eyes hands a page in; an administrator approves it."""
    workflow: Workflow | None = part.workflow
    name = f"{part.participant.code}: {APPROVAL_NAME}"
    if workflow is None or not workflow.active:
        task = GroupApprovalTask.objects.create(name=name)
        workflow = part.workflow = Workflow.objects.create(name=name)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        part.save(update_fields=["workflow"])
    _name(workflow, name)
    for link in workflow.workflow_tasks.select_related("task"):
        _name(link.task, name)
        specific = link.task.specific
        if isinstance(specific, GroupApprovalTask):
            specific.groups.set([part.moderators])
    for page in pages:
        WorkflowPage.objects.update_or_create(page=page, defaults={"workflow": workflow})
