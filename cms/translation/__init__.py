"""The work of translators in the admin: the report, the panel on the home page."""
