#!/usr/bin/env python3
"""Django's commands for this project. Without further settings they use the demo's, and start its database."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
DEMO_SETTINGS = ("creditstore_site.settings", "creditstore_site.settings.demo")
#: Commands that never ask the database anything; they work where none can be started.
WITHOUT_DATABASE = {
    *("collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages", "plugins"),
    *("startplugin", "version"),
}


def settings_module(arguments: list[str]) -> str:
    """The settings that Django is going to use: ``--settings``, the environment, or the demo's."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--settings="):
            return argument.partition("=")[2]
        if argument == "--settings" and position + 1 < len(arguments):
            return arguments[position + 1]
    return os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEMO_SETTINGS[0])


def needs_database(arguments: list[str]) -> bool:
    """Whether the command line asks for a command that may use the database."""
    if not arguments or {"--help", "-h", "--version"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_DATABASE


def main() -> None:
    arguments = sys.argv[1:]
    if settings_module(arguments) in DEMO_SETTINGS:
        from creditstore_site import postgres
        from creditstore_site.demo.places import fill_in_environment

        fill_in_environment()
        if needs_database(arguments):
            try:
                os.environ["DATABASE_URL"] = postgres.ensure_running()
            except postgres.PostgresError as error:
                sys.exit(str(error))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    # The source roots are no packages; an editable install puts them on the path too, this works without one.
    sys.path[:0] = [str(ROOT / name) for name in ("site", "store", "content", "plugins")]
    main()
