"""Addresses of the report of translations, under /admin/reports/."""

from django.urls import path

from cms.translation.report import (
    FactsTableView,
    FactsView,
    TranslationReportView,
    TranslationTableView,
)

app_name = "translation"
urlpatterns = [
    path("languages/", TranslationReportView.as_view(), name="report"),
    path("languages/pages.csv", TranslationTableView.as_view(), name="report_csv"),
    path("languages/facts/", FactsView.as_view(), name="facts"),
    path("languages/facts.csv", FactsTableView.as_view(), name="facts_csv"),
]
