"""Fill the store's database with every fact that ships, and offers: ``python -m creditstore_bench.fill_store``."""

from __future__ import annotations

import sys

import django

#: Projects with one to four offers each: more than the UN store sold in all its years (212).
PROJECTS_WITH_OFFERS = 250


def main() -> None:
    """Migrate, import, and open the offers. Prints how many projects there are."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from creditstore.catalogue.importing import import_cdm
    from creditstore.catalogue.models import Project
    from creditstore_content.pages.seed import seed_pages
    from creditstore_site.demo import data

    call_command("migrate", interactive=False, verbosity=0)
    import_cdm()
    data.load_sellers()
    data.load_offers(projects=PROJECTS_WITH_OFFERS)
    data.load_terms()
    data.name_the_site(settings.SITE_URL)
    seed_pages()
    sys.stdout.write(f"{Project.objects.count()}\n")


if __name__ == "__main__":
    main()
