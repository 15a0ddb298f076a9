"""Finding pages in the admin: the lists and choosers of Wagtail, by language and participant."""
