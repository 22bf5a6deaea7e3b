"""Throw away everything the demo made, so that the next start begins anew."""

from __future__ import annotations

import os
import shutil

from creditstore_site import postgres
from creditstore_site.demo.places import LOCK, MADE_BY_THE_DEMO
from creditstore_site.demo.progress import say
from creditstore_site.demo.running import AlreadyRunning, only_one


def reset() -> int:
    """Remove the demo's database, files and passwords. Returns 1, and removes nothing, while the demo runs."""
    try:
        with only_one(LOCK, note="The demo of this clone is being reset"):
            postgres.stop()
            for name in (postgres.DEMO.directory.name, *MADE_BY_THE_DEMO):
                if (folder := postgres.var_directory() / name).exists():
                    shutil.rmtree(folder)
    except AlreadyRunning as error:
        say(f"{error}. Stop it first, with Ctrl-C where it runs; nothing was removed.")
        return 1
    except (postgres.PostgresError, OSError) as error:
        say(str(error))
        return 1
    say("The demo's data is gone. make demo starts anew.")
    if os.environ.get("DATABASE_URL"):
        say("DATABASE_URL is set: the database there was not touched, emptying it is up to you.")
    return 0
