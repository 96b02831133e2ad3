"""The rules of values that people type, one for every form, import, API and admin page."""
