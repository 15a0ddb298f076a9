"""The layouts an editor chooses from (D161): in the form, on the page, in every language."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail_localize.models import Translation
from wagtail_localize.operations import translate_object

from cms import checks
from cms.models import ArticlePage, CountrySubPage, SectionPage
from cms.models.pages import Layout, SectionLayout
from tests.cms.conftest import locale, new_section, page


@pytest.mark.parametrize(
    ("model", "choices"),
    [(ArticlePage, Layout), (CountrySubPage, Layout), (SectionPage, SectionLayout)],
)
def test_every_layout_has_a_template_of_its_own(model: Any, choices: Any) -> None:
    assert set(model.layouts) == set(choices.values)
    assert len(set(model.layouts.values())) == 3


@pytest.mark.parametrize("slug", ["about", "overview"])
def test_the_form_offers_the_layouts(editor: Client, slug: str) -> None:
    html = editor.get(reverse("wagtailadmin_pages:edit", args=[page(slug).pk])).content
    options = BeautifulSoup(html, "html.parser").select("select[name=layout] option")
    choices = SectionLayout if slug == "about" else Layout
    assert [option["value"] for option in options] == choices.values
    assert [option.get_text() for option in options] == [str(label) for label in choices.labels]


@pytest.mark.parametrize("code", ["en", "ru"])
@pytest.mark.parametrize("layout", list(SectionLayout))
def test_a_section_shows_its_pages_as_chosen(
    portal: None, client: Client, layout: SectionLayout, code: str
) -> None:
    section = page("about", code)
    section.layout = layout
    section.save_revision().publish()
    soup = BeautifulSoup(client.get(f"/{code}/about/").content, "html.parser").select_one("main")
    assert soup is not None
    title = {"en": "Overview", "ru": "Общие сведения"}[code]
    place = {
        SectionLayout.CARDS: "ul.cards .card",
        SectionLayout.LIST: "ul.section-list li",
        SectionLayout.SIDE: ".article--with-menu nav.side-menu li",
    }
    for kind, selector in place.items():
        shown = [item for item in soup.select(selector) if title in item.get_text()]
        assert len(shown) == (kind == layout), kind
    overview = page("overview", code)
    assert (overview.introduction in soup.get_text()) is (layout != SectionLayout.SIDE)


@pytest.mark.parametrize("layout", list(SectionLayout))
def test_a_section_without_pages_is_shown_in_every_layout(
    portal: None, client: Client, layout: SectionLayout
) -> None:
    section = new_section(page("about"), "Empty", "empty")
    section.layout = layout
    section.body = [("paragraph", "<p>Only text.</p>")]
    section.save_revision().publish()
    html = client.get("/en/about/empty/").content.decode()
    assert "Only text." in html
    assert "section-list" not in html


def test_an_unknown_layout_is_refused(portal: None) -> None:
    for slug in ("about", "overview"):
        chosen = page(slug)
        chosen.layout = "three-columns"
        with pytest.raises(ValidationError) as refused:
            chosen.full_clean()
        assert list(refused.value.message_dict) == ["layout"]


@pytest.mark.parametrize(("slug", "layout"), [("overview", Layout.WIDE), ("about", SectionLayout.LIST)])
def test_a_translation_has_the_layout_of_its_source(
    portal: None, slug: str, layout: str, django_capture_on_commit_callbacks: Any
) -> None:
    source = page(slug)
    source.layout = layout
    source.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        translate_object(source, [locale("ru")])
    translation = Translation.objects.get(
        source__object_id=source.translation_key, target_locale=locale("ru")
    )
    translation.save_target(publish=True)
    assert page(slug, "ru").layout == layout


def test_a_layout_without_template_fails_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SectionPage, "layouts", {**SectionPage.layouts, "list": "cms/none.html"})
    monkeypatch.setattr(ArticlePage, "layouts", {"standard": "cms/article_page.html"})
    found = {(problem.id, problem.obj.__name__, problem.msg) for problem in checks.page_types_check(None)}
    assert found == {
        ("cms.E004", "SectionPage", "No template cms/none.html."),
        ("cms.E004", "ArticlePage", "The layouts of ArticlePage and their templates do not match."),
    }
