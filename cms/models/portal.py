"""Pages with a task of their own: links, contact form, site map."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.forms.models import FormMixin, FormSubmission
from wagtail.contrib.forms.panels import FormSubmissionsPanel
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from cms.blocks import BodyBlock, LinkGroupsBlock
from cms.forms import ContactForm, PageForm
from cms.models.base import BODY_HELP, BasePage


class LinksPage(BasePage):
    """Other sites, in groups (D154)."""

    kind = "links"
    groups = StreamField(
        LinkGroupsBlock(),
        verbose_name=_("groups of links"),
        help_text=_("Sites of one kind together: agencies of the region, international organisations."),
    )

    content_panels = [*BasePage.content_panels, FieldPanel("groups")]
    search_fields = [*BasePage.search_fields, index.SearchField("groups")]
    parent_page_types = ["cms.HomePage", "cms.SectionPage", "cms.CountryPage", "cms.CountrySubPage"]
    subpage_types: list[str] = []
    template = "cms/links_page.html"

    class Meta:
        verbose_name = _("page of links")
        verbose_name_plural = _("pages of links")


class SitemapPage(BasePage):
    """All pages of the language that the viewer may see."""

    kind = "sitemap"
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types: list[str] = []
    template = "cms/sitemap_page.html"

    class Meta:
        verbose_name = _("site map")
        verbose_name_plural = _("site maps")


class ContactPage(FormMixin, BasePage):
    """A form to write to the secretariat: kept in the admin under “Forms”, and sent as an e-mail.

    Nothing goes to a third party. Machines are kept off by a field people do not see and by limits.
    """

    kind = "contact"
    base_form_class = PageForm  # Wagtail's for forms looks for fields made by editors
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True, help_text=BODY_HELP)
    recipients = models.CharField(
        _("e-mail of the recipients"),
        max_length=500,
        blank=True,
        help_text=_("Separated by commas. Empty: the system administrators of the secretariat."),
    )
    thanks = models.TextField(
        _("text after sending"), max_length=600, help_text=_("What the writer reads then.")
    )

    content_panels = [
        FormSubmissionsPanel(),
        *BasePage.content_panels,
        FieldPanel("body"),
        FieldPanel("thanks"),
        FieldPanel("recipients"),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    not_searched = frozenset({"recipients", "thanks"})
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("recipients"),
    ]
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types: list[str] = []
    template = "cms/contact_page.html"
    landing_page_template = "cms/contact_page_sent.html"

    class Meta:
        verbose_name = _("contact form")
        verbose_name_plural = _("contact forms")

    def clean(self) -> None:
        super().clean()
        for address in self.recipient_list:
            try:
                validate_email(address)
            except ValidationError as error:
                raise ValidationError({"recipients": error}) from error

    @property
    def recipient_list(self) -> list[str]:
        return [address.strip() for address in self.recipients.split(",") if address.strip()]

    def get_form_class(self) -> Any:
        return ContactForm

    def get_form(self, *args: Any, page: Any = None, user: Any = None, **kwargs: Any) -> Any:
        return self.get_form_class()(*args, **kwargs)

    def get_data_fields(self) -> list[tuple[str, Any]]:
        """The columns of the list in the admin."""
        fields = self.get_form_class().kept_fields()
        return [("submit_time", _("Date")), *((name, field.label) for name, field in fields.items())]

    def get_submission_class(self) -> Any:
        return FormSubmission

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; after sending, the thanks under an address that can be loaded again."""
        from cms.services.contact import contact_send

        form = self.get_form_class()(request.POST if request.method == "POST" else None)
        status = 200
        if request.method == "POST":
            if form.is_valid() and contact_send(page=self, form=form, request=request):
                return redirect(f"{request.path}?sent=1")  # the address it was written at
            status = 400
        if request.method == "GET" and "sent" in request.GET:
            sent: HttpResponse = self.render_landing_page(request)
            return sent
        context = {**self.get_context(request), "form": form}
        return TemplateResponse(request, self.get_template(request), context, status=status)
