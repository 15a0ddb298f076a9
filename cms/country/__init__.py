"""The country pages in the Wagtail admin: who may do what there, and the box that opens them."""
