"""The e-library: its pages, its files and how they are checked, its place in the admin."""
