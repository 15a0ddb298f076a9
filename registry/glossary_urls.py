"""The address of the glossary, under the language and ``glossary/``."""

from django.urls import path

from registry.views.glossary import glossary

app_name = "glossary"
urlpatterns = [path("", glossary, name="index")]
