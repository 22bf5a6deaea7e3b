"""What is asked for: ``python -m creditstore_bench.inputs`` prints projects, questions, and Oscar's products as JSON.

All are drawn from the store's own facts with a fixed seed, so every run on the same facts asks the same.
"""

from __future__ import annotations

import json
import random
import re
import sys
from typing import Any
from urllib.parse import urlencode

import django

SEED = 20_261_126
PROJECTS, QUESTIONS = 200, 500
_WORD = re.compile(r"[^\W\d_]{3,}")


def main() -> None:
    """Draw and print."""
    django.setup()
    from creditstore.catalogue.models import Project
    from creditstore.core.countries import country_name

    chance = random.Random(SEED)  # noqa: S311  (no secret: the same questions in every run)
    projects = list(Project.objects.order_by("ref"))
    refs = [project.ref for project in chance.sample(projects, min(PROJECTS, len(projects)))]
    facts = [_product(project, chance) for project in projects]
    json.dump(
        {"projects": refs, "questions": _questions(projects, chance, country_name), "products": facts}, sys.stdout
    )


def _product(project: Any, chance: random.Random) -> dict[str, Any]:
    return {
        "ref": project.ref,
        "title": project.title,
        "type": project.project_type,
        "text": f"{project.title}. {project.project_type} {project.project_subtype}, {', '.join(project.country_codes)}"
        f", methodologies {', '.join(project.methodologies)}, {project.subnational_region}.",
        "price": f"{chance.randrange(80, 650) / 100:.2f}",
        "quantity": chance.randrange(100, 50_000),
    }


def _questions(projects: list[Any], chance: random.Random, country_name: Any) -> list[dict[str, str]]:
    """500 different questions: words, pairs of words, typing errors, codes, countries, filters and orders."""
    words = sorted({word.lower() for project in projects for word in _WORD.findall(project.title)})

    def title_word() -> str:
        words_of_title: list[str] = _WORD.findall(chance.choice(projects).title)
        return chance.choice(words_of_title or ["wind"]).lower()

    def wrong(word: str) -> str:
        place = chance.randrange(len(word) - 1)
        return chance.choice(
            [
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
                word[:place] + word[place + 1 :],
                word[:place] + chance.choice("aeiourtn") + word[place:],
            ]
        )

    def one(kind: int) -> dict[str, str]:
        project = chance.choice(projects)
        country = chance.choice(project.country_codes)
        choices = (
            lambda: {"q": title_word()},
            lambda: {"q": f"{title_word()} {title_word()}"},
            lambda: {"q": wrong(chance.choice(words) if len(words) > 1 else "wind")},
            lambda: {"q": f"{wrong(title_word())} {country_name(country, 'en')}"},
            lambda: {"q": chance.choice([project.ref, *project.methodologies])},
            lambda: {"q": country_name(country, "en")},
            lambda: {"q": title_word(), "country": country},
            lambda: {"q": project.project_type, "country": country, "sort": chance.choice(["price", "title"])},
            lambda: {"type": project.project_type, "scale": project.scale or "large", "sort": "-available"},
            lambda: {"q": title_word(), "price_max": f"{chance.randrange(100, 600) / 100:.2f}", "sort": "price"},
        )
        return choices[kind % len(choices)]()

    asked: dict[str, dict[str, str]] = {}
    kind = 0
    while len(asked) < QUESTIONS:
        question = one(kind)
        asked.setdefault(urlencode(question), question)
        kind += 1
    return list(asked.values())


if __name__ == "__main__":
    main()
