"""Keeping whole public pages in the memory of each web process, and forgetting them everywhere when anything changes.

``middleware`` decides what may be kept, ``memory`` keeps it, ``changes`` says whether what is kept is still true,
``listener`` hears of changes from PostgreSQL, ``triggers`` make PostgreSQL tell, ``encoding`` compresses.
``docs/explanation/page-cache.md`` gives the reasons.
"""
