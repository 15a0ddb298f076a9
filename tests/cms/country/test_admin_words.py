"""What a content manager reads in the admin in Russian: names, counts, messages and e-mails of moderation."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.utils import translation
from wagtail.admin.paginator import WagtailPaginator
from wagtail.models import Page, Task, Workflow
from wagtail.users.models import UserProfile

from cms.services.country import country_page_provision
from registry.models import User
from tests.cms.country.conftest import Countries

PAGE = "MDA: country page / страница страны"
APPROVAL = "MDA: approval of the country page / утверждение страницы страны"


def in_russian(user: User) -> User:
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "ru"})
    return user


def test_groups_and_workflows_are_named_in_both_languages(countries: Countries) -> None:
    part = countries.parts["MDA"]
    assert (part.keepers.name, part.moderators.name) == (PAGE, APPROVAL)
    assert part.workflow.name == APPROVAL
    assert [task.name for task in part.workflow.tasks] == [APPROVAL]
    assert not Workflow.objects.filter(name="Moderators approval").exists()


def test_names_in_english_alone_are_put_right_and_own_ones_stay(countries: Countries) -> None:
    part = countries.parts["MDA"]
    Group.objects.filter(pk=part.keepers.pk).update(name="MDA: country page")
    Group.objects.filter(pk=part.moderators.pk).update(name="Chisinau, approval")
    Workflow.objects.filter(pk=part.workflow.pk).update(name="MDA: country page")
    Task.objects.filter(workflow_tasks__workflow=part.workflow).update(name="Two pairs of eyes")
    country_page_provision(participant=part.participant)
    part.refresh_from_db()
    assert (part.keepers.name, part.moderators.name) == (PAGE, "Chisinau, approval")
    assert part.workflow.name == APPROVAL
    assert [task.name for task in part.workflow.tasks] == ["Two pairs of eyes"]


@pytest.mark.parametrize(
    ("language", "kept", "one"), [("en", "2 pages", "1 page"), ("ru", "страницы: 2", "страница: 1")]
)
def test_numbers_need_no_plural(countries: Countries, language: str, kept: str, one: str) -> None:
    with translation.override(language):
        for count, wanted in ((2, kept), (1, one)):
            listed = Page.objects.filter(pk__in=Page.objects.values("pk")[:count])
            assert WagtailPaginator(listed, 10).items_count_label == wanted


@pytest.mark.parametrize(
    ("address", "there", "gone"),
    [
        ("/admin/pages/{index}/", "1–2 из 2", " of 2 "),
        ("/admin/pages/{index}/", "Страницы: 2", "2 страницы"),
        ("/admin/pages/{page}/", "Обзор:", "Исследование"),
        ("/admin/images/", 'aria-label="Действия"', 'aria-label="Actions"'),
        ("/admin/pages/{page}/edit/", "Ссылок сюда: 0", "Ссылаются"),
        ("/admin/pages/{page}/edit/", "Перейти к содержанию", "Пропустить главный"),
        ("/admin/pages/{page}/edit/", 'data-title="Перевод: {{source}} → {{target}}"', ' data-more="More'),
        ("/admin/pages/{page}/edit/", "Действия (внизу страницы)", "Actions (footer)"),
        ("/admin/pages/{index}/copy/", "Новое имя в адресе", "слаг"),
        ("/admin/pages/usage/cms/countrypage/", "Страницы этого типа:", "использующие"),
    ],
)
def test_the_admin_speaks_russian(countries: Countries, address: str, there: str, gone: str) -> None:
    page = countries.page("MDA", "en")
    chief = in_russian(User.objects.create_superuser("chief", "chief@example.org", "long-enough-password"))
    client = Client()
    client.force_login(chief)
    url = address.format(index=page.get_parent().pk, page=page.pk)
    html = client.get(url).content.decode()
    assert there.format() in html
    assert gone not in html


def test_a_page_handed_in_is_told_of_in_good_russian(
    countries: Countries, django_capture_on_commit_callbacks: object
) -> None:
    part, page = countries.parts["MDA"], countries.page("MDA", "ru")
    moderator = countries.world.people["MDA"]["administrator"]
    User.objects.filter(pk=moderator.pk).update(email="moderator@example.org")
    in_russian(moderator)
    keeper = countries.keepers["MDA"]
    page.save_revision(user=keeper)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        part.workflow.start(page, keeper)
    subjects = [one.subject for one in mail.outbox if one.to == ["moderator@example.org"]]
    assert subjects == [f"Страница «{page.title}» ждёт утверждения: «{APPROVAL}»"]
