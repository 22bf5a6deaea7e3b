"""Messages joined into one table for each language say what they said in many."""

from __future__ import annotations

import pytest
from django.utils.translation import ngettext, override, trans_real

from creditstore_site.one_catalogue import join


@pytest.mark.parametrize("language", ["en", "de", "ar", "pl"])
def test_every_message_stays_what_it_was(language: str) -> None:
    apart = trans_real.DjangoTranslation(language)._catalog
    joined = trans_real.DjangoTranslation(language)._catalog
    join(joined)
    assert len(joined._catalogs) < len(apart._catalogs)
    keys = set(apart.keys())
    assert len(keys) > 100
    for key in keys:
        assert joined.get(key) == apart.get(key)
    for message in {key[0] for key in keys if isinstance(key, tuple)}:
        for number in (0, 1, 2, 3, 5, 11, 21, 100):
            assert _plural(joined, message, number) == _plural(apart, message, number)


def test_the_store_runs_with_joined_messages() -> None:
    assert len(trans_real.translation("en")._catalog._catalogs) <= 2
    with override("en"):
        assert ngettext("%(counter)s project", "%(counter)s projects", 2) == "%(counter)s projects"


def _plural(catalogue: object, message: str, number: int) -> str | None:
    try:
        found: str = catalogue.plural(message, number)  # type: ignore[attr-defined]
    except KeyError:
        return None
    return found
