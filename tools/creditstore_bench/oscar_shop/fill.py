"""Fill plain Oscar's database: ``python -m creditstore_bench.oscar_shop.fill products.json``.

Each project is a standalone product with one stock record, the cheapest shape that Oscar has: a parent with children,
as the store itself keeps its projects and offers, would cost it several queries more for each product shown.
"""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "creditstore_bench.oscar_shop.settings"


def main() -> None:
    """Migrate, and create a category for each project type, all products, and the picture that they share."""
    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from django.utils.text import slugify
    from oscar.core.loading import get_model

    call_command("migrate", interactive=False, verbosity=0)
    product, category = get_model("catalogue", "Product"), get_model("catalogue", "Category")
    link, stock = get_model("catalogue", "ProductCategory"), get_model("partner", "StockRecord")
    facts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with transaction.atomic():
        kind = get_model("catalogue", "ProductClass").objects.create(
            name="Credit", requires_shipping=False, track_stock=True
        )
        partner = get_model("partner", "Partner").objects.create(name="Seller")
        categories = {
            name: category.add_root(name=name, slug=slugify(name) or "other")
            for name in sorted({fact["type"] for fact in facts})
        }
        products = product.objects.bulk_create(
            product(
                structure="standalone",
                is_public=True,
                upc=fact["ref"],
                title=fact["title"][:255],
                slug=slugify(fact["title"])[:200] or "project",
                description=fact["text"],
                product_class=kind,
            )
            for fact in facts
        )
        link.objects.bulk_create(
            link(product=each, category=categories[fact["type"]]) for each, fact in zip(products, facts, strict=True)
        )
        stock.objects.bulk_create(
            stock(
                product=each,
                partner=partner,
                partner_sku=fact["ref"],
                price_currency="USD",
                price=Decimal(fact["price"]),
                num_in_stock=fact["quantity"],
            )
            for each, fact in zip(products, facts, strict=True)
        )
    # Oscar links the picture of products without one when the first is shown: two processes at once fail at it.
    products[0].primary_image()


if __name__ == "__main__":
    main()
