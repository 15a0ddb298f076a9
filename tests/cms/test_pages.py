from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils import WagtailPageTestCase

from cms import checks
from cms.models import ArticlePage, BasePage, EventPage, HomePage, NewsPage, SectionPage
from tests.cms.conftest import new_article, page


@pytest.mark.parametrize(
    ("parent", "child", "allowed"),
    [
        (Page, HomePage, True),
        (Page, SectionPage, False),
        (Page, ArticlePage, False),
        (HomePage, SectionPage, True),
        (HomePage, ArticlePage, True),
        (HomePage, HomePage, False),
        (HomePage, Page, False),
        (SectionPage, SectionPage, True),
        (SectionPage, ArticlePage, True),
        (ArticlePage, ArticlePage, False),
        (ArticlePage, SectionPage, False),
    ],
)
def test_which_page_may_stand_below_which(parent: type[Page], child: type[Page], allowed: bool) -> None:
    assert (child in parent.allowed_subpage_models()) is allowed
    assert WagtailPageTestCase()._testCanCreateAt(parent, child) is allowed


def test_a_second_home_page_cannot_be_created_by_hand(portal: None) -> None:
    assert not HomePage.can_create_at(Page.get_first_root_node())
    HomePage.objects.all().delete()
    assert HomePage.can_create_at(Page.get_first_root_node())


@pytest.mark.parametrize("slug", ["statistics", "search", "account"])
def test_addresses_of_other_parts_of_the_portal_are_refused(portal: None, slug: str) -> None:
    with pytest.raises(ValidationError) as refused:
        new_article(page("home"), "Shadow", slug)
    assert list(refused.value.message_dict) == ["slug"]
    assert not Page.objects.filter(slug=slug).exists()
    assert new_article(page("about"), "Deeper is fine", slug).get_url() == f"/en/about/{slug}/"


def test_an_introduction_is_needed_to_publish(portal: None) -> None:
    article = ArticlePage(title="Bare", slug="bare", locale=page("about").locale)
    article.body = [("paragraph", "<p>Text.</p>")]
    with pytest.raises(ValidationError) as refused:
        article.full_clean()
    assert "introduction" in refused.value.message_dict


def test_slug_follows_the_source_and_everything_written_is_translated(db: None) -> None:
    from wagtail_localize.fields import get_translatable_fields

    for model in (SectionPage, ArticlePage):
        policy = {field.field_name: field for field in get_translatable_fields(model)}
        assert policy["slug"].is_synchronized(model())
        assert not policy["slug"].is_overridable(model())
        for name in ("title", "introduction", "body", "seo_title", "search_description"):
            assert policy[name].is_translated(model())
    home = {field.field_name: field for field in get_translatable_fields(HomePage)}
    assert not home["slug"].is_synchronized(HomePage())
    assert not home["slug"].is_translated(HomePage())
    assert home["hero_title"].is_translated(HomePage())


def test_page_types_keep_the_house_rules() -> None:
    assert run_checks(tags=["cms"]) == []


def test_a_swapped_base_page_fails_the_checks(settings: Any) -> None:
    settings.WAGTAIL_PAGE_MODEL = "cms.OtherPage"
    assert [found.id for found in checks.page_model_check(None)] == ["cms.E001"]


def test_a_page_type_without_template_or_policy_fails_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ArticlePage, "template", "cms/none.html")
    monkeypatch.setattr(SectionPage, "override_translatable_fields", [])
    found = sorted((str(problem.id), problem.obj.__name__) for problem in checks.page_types_check(None))
    assert found == [("cms.E003", "SectionPage"), ("cms.E004", "ArticlePage")]


def test_a_page_type_with_a_field_nobody_thought_of_fails_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NewsPage, "search_fields", BasePage.search_fields)
    monkeypatch.setattr(EventPage, "override_translatable_fields", BasePage.override_translatable_fields)
    found = sorted((str(problem.id), problem.msg) for problem in checks.page_fields_check(None))
    facts = (
        "ends_at",
        "ends_on",
        "registration_until",
        "registration_url",
        "starts_at",
        "starts_on",
        "time_zone",
    )
    assert found == [
        ("cms.E007", "NewsPage.body is not searched."),
        *(("cms.E008", f"EventPage.{name} has no translation policy.") for name in facts),
    ]


@pytest.mark.parametrize("kind", ["", "two words", "Kind", "news"])
def test_a_page_type_has_a_name_of_its_own(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(SectionPage, "kind", kind)
    assert [(str(problem.id)) for problem in checks.page_types_check(None)] == ["cms.E005"]


def test_the_form_of_every_new_page_opens(editor: Client) -> None:
    """A page that is not in the tree yet has no place there that could be asked for."""
    opened = set()
    for parent in Page.objects.filter(depth__gt=1, locale__language_code="en").specific():
        for model in parent.creatable_subpage_models():
            kinds = (type(parent), model)
            if kinds in opened or not model.can_create_at(parent):
                continue
            opened.add(kinds)
            address = reverse("wagtailadmin_pages:add", args=["cms", model._meta.model_name, parent.pk])
            assert editor.get(address).status_code == 200, kinds
    assert {(HomePage, SectionPage), (SectionPage, ArticlePage)} <= opened
