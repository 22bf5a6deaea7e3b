"""Template filter for data that search engines read: ``{% load structured_data_tags %}{{ data|structured_data }}``."""

from __future__ import annotations

from django import template

from creditstore_site.structured_data import script

register = template.Library()

register.filter("structured_data", script)
