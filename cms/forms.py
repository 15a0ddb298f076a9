"""Forms of the portal's own pages: what readers fill in, and what editors do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms.slugs import LONGEST, latin_slug, slug_input


class ContactForm(forms.Form):
    """What somebody writes to the secretariat. ``website`` is for machines: people do not see it."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("The answer goes there."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    subject = forms.CharField(label=_("Subject"), max_length=150)
    message = forms.CharField(label=_("Message"), max_length=5_000, widget=forms.Textarea({"rows": 8}))
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            described = [f"id_{name}_help"] if field.help_text else []
            if self.is_bound and name in self.errors:
                described.append(f"id_{name}_error")
                field.widget.attrs["aria-invalid"] = "true"
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)

    @classmethod
    def kept_fields(cls) -> dict[str, forms.Field]:
        """What is stored and sent, in order."""
        return {name: field for name, field in cls.base_fields.items() if name != "website"}

    @property
    def is_from_machine(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class SlugField(forms.SlugField):
    """Makes Latin letters of others, except where a page has its address already (``kept``)."""

    def __init__(self, *, kept: str = "", **kwargs: Any) -> None:
        super().__init__(allow_unicode=True, **kwargs)
        self.kept = kept

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text if text.isascii() or text == self.kept else latin_slug(text)


class PageForm(WagtailAdminPageForm):
    """The form of every page type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            known = self.fields["slug"]
            kept = self.instance.slug
            locale = self.instance.locale if self.instance.locale_id else self.parent_page.locale
            self.fields["slug"] = SlugField(
                kept=kept,
                label=known.label,
                required=known.required,
                max_length=LONGEST,
                help_text=_(
                    "The last part of the address, in Latin letters: …/news-and-events/my-event/. It is made "
                    "from the title and is the same in every language."
                ),
                widget=slug_input(locale.language_code, keeps_letters=not kept.isascii()),
            )
