"""``make bench``: measure, print the table, keep it as JSON. Fails only when something could not be measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from statistics import median
from typing import Any
from urllib.parse import urlencode

from creditstore_bench import databases, targets
from creditstore_bench.client import Timing, time_answers
from creditstore_bench.places import BENCH, CannotMeasure, run, web_server
from creditstore_bench.report import Row, finish, machine, say
from creditstore_bench.visits import transferred
from creditstore_site.demo import ports
from creditstore_site.demo.children import Child, ChildEnded, NotReady, StopRequested, StopSignals, stop_all, wait_ready

#: Eight clients, so that both processes are busy whichever connections each of them gets.
CLIENTS, ROUNDS, SECONDS = 8, 3, 3.0
#: Pages asked for in turn, so that no page is quick because it is always the same.
KEPT_PAGES = 40
ONE_CLIENT_PAGES = 60
#: How often each of these pages is asked for before it is timed: often enough that hardly any is new to a process.
ASKED_BEFORE = 8
#: Plain Oscar takes up to seconds for one search: as many of these as a minute allows.
OSCAR_QUESTIONS = 100
CATALOGUE, PROJECT = "/en/store/", "/en/store/projects/{}/"


class Servers:
    """The servers of a run, by name; all end with the run."""

    def __init__(self, cleanup: ExitStack) -> None:
        self._children: list[Child] = []
        self._signals = StopSignals()
        self._signals.install()
        cleanup.callback(stop_all, self._children)

    def start(self, name: str, application: str, *, health: str, **environment: str) -> int:
        """Start one and wait until it answers; its port."""
        port = ports.free_port(preferred=0)
        child = web_server(name=name, application=application, port=port, health=health, directory=BENCH, **environment)
        self._children.append(child)
        child.start()
        wait_ready(child, beside=self._children, signals=self._signals, seconds=90)
        return port

    def store(self, name: str, url: str, *, room: str) -> int:
        """A store on a database, with that much room for kept pages."""
        port = ports.free_port(preferred=0)
        more = databases.store_environment(url, CREDITSTORE_PAGE_CACHE_BYTES=room, SITE_URL=f"http://127.0.0.1:{port}")
        return self.start(name, "creditstore_site.wsgi:application", health="/healthz", **more)


def in_rounds(subjects: dict[str, tuple[int, Sequence[str]]]) -> dict[str, Timing]:
    """Rates at several clients, each subject in turn and again, so that a noisy moment hits no subject alone."""
    found: dict[str, list[Timing]] = {name: [] for name in subjects}
    for _round in range(ROUNDS):
        for name, (port, addresses) in subjects.items():
            # Some pages may have been kept for too long since the last round; both processes make them anew here.
            time_answers(port=port, addresses=list(addresses)[:KEPT_PAGES] * 4, connections=CLIENTS, seconds=2.0)
            found[name].append(time_answers(port=port, addresses=addresses, connections=CLIENTS, seconds=SECONDS))
    return {name: _middle(timings, by=lambda timing: timing.rate) for name, timings in found.items()}


def one_client(subjects: dict[str, tuple[int, Sequence[str]]]) -> dict[str, Timing]:
    """Times of single answers at one client, the subjects in turn and again."""
    for port, addresses in subjects.values():
        # A page's first time costs more, and each process has its own first time: nobody is timed at it.
        time_answers(port=port, addresses=list(addresses) * ASKED_BEFORE, connections=CLIENTS)
    found: dict[str, list[Timing]] = {name: [] for name in subjects}
    for _round in range(ROUNDS):
        for name, (port, addresses) in subjects.items():
            found[name].append(time_answers(port=port, addresses=addresses))
    return {name: _middle(timings, by=lambda timing: timing.median_ms) for name, timings in found.items()}


def _middle(timings: list[Timing], *, by: Callable[[Timing], float]) -> Timing:
    return min(timings, key=lambda timing: abs(by(timing) - median(map(by, timings))))


def measure(cleanup: ExitStack) -> tuple[list[Row], dict[str, Any]]:
    """The whole run. Errors: ``CannotMeasure`` and what servers raise when they do not start."""
    store_url = databases.store_database(say)
    inputs = json.loads(run("-m", "creditstore_bench.inputs", **databases.store_environment(store_url)))
    oscar_url = databases.oscar_database(say, inputs["products"])
    large_url = databases.large_database(say)
    say("collecting static files")
    run("manage.py", "collectstatic", "--noinput", "--verbosity=0", **databases.store_environment(store_url))

    projects = [PROJECT.format(ref) for ref in inputs["projects"]]
    campaign = run("-m", "creditstore_bench.campaign", **databases.store_environment(store_url)).strip()
    products = databases.addresses_of_products(oscar_url, inputs["projects"])
    questions = [f"{CATALOGUE}?{urlencode(question)}" for question in inputs["questions"]]
    servers = Servers(cleanup)
    say("starting servers")
    bare = servers.start("bare view", "creditstore_bench.bare:application", health="/")
    oscar = servers.start(
        "plain oscar",
        "creditstore_bench.oscar_shop.wsgi:application",
        health="/catalogue/",
        **databases.oscar_environment(oscar_url),
    )
    fresh = servers.store("store uncached", store_url, room="0")
    kept = servers.store("store cached", store_url, room="64000000")
    large = servers.store("store of 100,000", large_url, room="0")

    say(f"pages at {CLIENTS} clients")
    pages = in_rounds(
        {
            "bare": (bare, ["/"]),
            "oscar catalogue page": (oscar, ["/catalogue/"]),
            "oscar project page": (oscar, products),
            "fresh catalogue page": (fresh, [CATALOGUE]),
            "fresh project page": (fresh, projects),
            "kept catalogue page": (kept, [CATALOGUE]),
            "kept project page": (kept, projects[:KEPT_PAGES]),
            "fresh campaign page": (fresh, [campaign]),
            "kept campaign page": (kept, [campaign]),
        }
    )
    say("pages at one client, here and at 100,000 projects")
    some = {"catalogue page": [CATALOGUE] * ONE_CLIENT_PAGES, "project page": projects[:ONE_CLIENT_PAGES]}
    small_pages = one_client({page: (fresh, addresses) for page, addresses in some.items()})
    large_pages = one_client({page: (large, addresses) for page, addresses in some.items()})
    say(f"{len(questions)} questions")
    search = time_answers(port=fresh, addresses=questions)
    api = time_answers(port=fresh, addresses=[f"/api/v1/projects?{urlencode(each)}" for each in inputs["questions"]])
    large_search = time_answers(port=large, addresses=questions)
    asked = [each["q"] for each in inputs["questions"] if "q" in each][:OSCAR_QUESTIONS]
    say(f"{len(asked)} of them to plain Oscar")
    oscar_search = time_answers(port=oscar, addresses=[f"/search/?{urlencode({'q': words})}" for words in asked])
    same = [f"{CATALOGUE}?{urlencode({'q': words})}" for words in asked[: oscar_search.answers]]
    same_search = time_answers(port=fresh, addresses=same)
    say("an editor's work among 10,000 pages")
    edited = json.loads(run("-m", "creditstore_bench.editing", **databases.store_environment(store_url)))
    say("twenty plugins")
    called = json.loads(run("-m", "creditstore_bench.plugin_calls"))
    say("queries and first visits")
    counts = _counts(store_url, [CATALOGUE, f"{CATALOGUE}?view=map", "/en/", *questions[::25], *projects[::10]])
    origin = f"http://127.0.0.1:{kept}"
    visited = transferred([origin + CATALOGUE, origin + projects[0], origin + campaign])
    first = dict(zip((*targets.PAGES, targets.CAMPAIGN), visited.values(), strict=True))
    rows = [
        *targets.rates(pages),
        *targets.campaign(pages),
        *targets.searches(search, api, (oscar_search, same_search), large_search),
        *targets.queries(counts),
        *targets.visits(first),
        *targets.growth(small_pages, large_pages),
        *targets.editing(edited),
        *targets.plugins(called),
    ]
    timings = {**pages, "search": search, "api search": api, "large search": large_search}
    timings |= {"oscar search": oscar_search, "search beside oscar": same_search}
    timings |= {f"one client, {name}": each for name, each in small_pages.items()}
    timings |= {f"one client, 100,000, {name}": each for name, each in large_pages.items()}
    raw = {
        "timings": {name: asdict(each) for name, each in timings.items()},
        "queries": counts,
        "first visits": first,
        "editing": edited,
        "plugins": called,
    }
    return rows, raw


def _counts(url: str, addresses: list[str]) -> dict[str, int]:
    """Queries for each address, in a process of its own. Errors: ``CannotMeasure``."""
    listed = BENCH / "counted.txt"
    listed.write_text("\n".join(addresses), encoding="utf-8")
    environment = databases.store_environment(url, CREDITSTORE_PAGE_CACHE_BYTES="0")
    found: dict[str, int] = json.loads(run("-m", "creditstore_bench.counts", str(listed), **environment))
    return found


def main() -> int:
    """The exit status: 0 when everything was measured, whether targets were met or not; 1 when not."""
    BENCH.mkdir(parents=True, exist_ok=True)
    with ExitStack() as cleanup:
        try:
            server = databases.CLUSTER.ensure_running(database="postgres")
            cleanup.callback(databases.CLUSTER.release)
            about = machine(server)
            rows, raw = measure(cleanup)
        except StopRequested:
            say("Stopped.")
            return 1
        except (CannotMeasure, ChildEnded, NotReady) as error:
            say(f"NOT MEASURED: {error}")
            return 1
    finish(BENCH / "result.json", rows, about, raw)
    return 0


if __name__ == "__main__":
    sys.exit(main())
