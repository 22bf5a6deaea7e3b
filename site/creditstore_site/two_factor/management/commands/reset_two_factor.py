"""Take an account's second factor away, when no administrator can log in to do it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creditstore.accounts.models import User
from creditstore_site.two_factor.services import reset


class Command(BaseCommand):
    """``manage.py reset_two_factor EMAIL``."""

    help = "Take the second factor of an account away. It stands in the site's history, as done at the command line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Errors: ``CommandError`` when there is no such account, or nothing to take away."""
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("There is no account with this e-mail address.")
        if not reset(user=user, actor=None):
            raise CommandError("This account has no second factor. Nothing was changed.")
        self.stdout.write("The second factor is taken away.")
