"""The real history through the services:

``python -m creditstore_torture.replay CANCELLATIONS COMPARED CHUNK FILE`` and URLs.

Those are of four databases. The history goes through the services in the first. Then the last events, or all, go
four ways, chunk by chunk, from equal databases: through the services, timed; through them again in the second, while
every statement is written down; to the third by bare ORM code and to the fourth by psycopg alone, both timed. In the
end all four must hold the same, and the ledger exactly what the files tell.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import django
import psycopg

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from creditstore_torture.history import Cancelled, Issued

ACTOR = "replay"


class Replayer:
    """Takes events through the same services as live orders, in the order that the store calls them."""

    def __init__(self) -> None:
        from creditstore.catalogue.models import Project
        from creditstore.orders.services import current_terms
        from creditstore.sellers.models import Seller
        from creditstore_plugins import Money

        self._projects = {project.ref: project for project in Project.objects.select_related("product")}
        self._seller = Seller.objects.select_related("partner").order_by("pk")[0]
        self._terms = current_terms().version
        self._price = Money(minor=100, currency="USD")

    def take(self, event: Issued | Cancelled) -> None:
        """One event. Errors: whatever a service refuses with."""
        from creditstore_torture.history import Issued

        if isinstance(event, Issued):
            self._issue(event)
        else:
            self._cancel(event)

    def _issue(self, event: Issued) -> None:
        from django.db import transaction

        from creditstore.catalogue.models import Issuance
        from creditstore.credits.services import open_offer, register_issuance

        row = event.row
        with transaction.atomic():
            issuance = Issuance.objects.create(
                project=self._projects[row.ref],
                series=row.series,
                unit_type=row.unit_type,
                commitment_period=row.period,
                start=row.start,
                end=row.end,
                issued_at=row.issued_at,
                monitoring_start=row.monitoring_start,
                monitoring_end=row.monitoring_end,
                source=ACTOR,
            )
            register_issuance(issuance=issuance)
        if event.sold:
            open_offer(
                issuance=issuance,
                seller=self._seller,
                quantity=row.end - row.start + 1,
                price=self._price,
                code=f"r{event.number}",
                allow_temporary=True,
            )

    def _cancel(self, event: Cancelled) -> None:
        from creditstore.cancellation.services import poll_transaction, submit_line
        from creditstore.credits.services import carve
        from creditstore.credits.spans import Span
        from creditstore.orders.requests import Beneficiary, Buyer, LineRequest, OrderRequest
        from creditstore.orders.services import place_order
        from creditstore.payments.services import start_payment

        row = event.row
        request = OrderRequest(
            lines=(LineRequest(offer_code=f"r{event.issuance}", quantity=row.end - row.start + 1),),
            buyer=Buyer(email="history@example.org", name="History", country="CH"),
            beneficiary=Beneficiary(name="Somebody"),
            visibility="full",
            terms_version=self._terms,
            immediate_performance=True,
        )
        order = place_order(request=request, placement_key=f"replay:{event.number}").order
        line = order.lines.select_related("reservation").get()
        # At the source's exact range. Paying carves again, and finds it done: carving is idempotent.
        carve(reservation=line.reservation, actor=ACTOR, ranges=[Span(row.series, row.start, row.end)])
        start_payment(order=order, method_id="pay_sandbox", return_url="http://127.0.0.1/")
        # What the worker would do next, without its waiting.
        submit_line(line_id=line.pk)
        for entry in line.registry_transactions.all():
            poll_transaction(transaction_id=entry.pk)


class Databases:
    """Several databases, one of which is Django's default at a time."""

    def __init__(self, urls: Sequence[str]) -> None:
        import dj_database_url
        from django.db import connections

        self.wrappers: list[BaseDatabaseWrapper] = []
        for url in urls:
            settings = {**connections.settings["default"], **dj_database_url.parse(url, conn_max_age=None)}
            settings["OPTIONS"] = connections.settings["default"]["OPTIONS"]
            wrapper = connections.create_connection("default")
            wrapper.settings_dict = settings
            self.wrappers.append(wrapper)

    @contextmanager
    def default(self, number: int) -> Iterator[BaseDatabaseWrapper]:
        """Let Django work on this one during the block."""
        from django.db import connections

        before = connections["default"]
        connections["default"] = self.wrappers[number]
        try:
            yield self.wrappers[number]
        finally:
            connections["default"] = before


class Comparison:
    """The same events four ways: seconds by way, and how many statements."""

    def __init__(self, databases: Databases, *, urls: Sequence[str], replayer: Replayer) -> None:
        from creditstore_torture.recording import Recorder

        self._databases, self._urls, self._replayer = databases, urls, replayer
        self._recorder = Recorder(databases.wrappers[1])
        self.seconds: Counter[str] = Counter()
        self.statements = 0

    def play(self, history: Sequence[Issued | Cancelled], *, chunk: int) -> None:
        """All of it, the four ways in turn, so many events at a time."""
        # As Django connects: the same settings, and parameters put into the statement by the client.
        options = self._databases.wrappers[0].settings_dict["OPTIONS"].get("options", "")
        with psycopg.connect(
            self._urls[3], autocommit=True, options=options, cursor_factory=psycopg.ClientCursor
        ) as bare:
            for first in range(0, len(history), chunk):
                self._play_chunk(history[first : first + chunk], bare)
                if first // chunk % 10 == 9:
                    _say(f"{first + chunk} events compared; {dict(self.seconds)}")

    def _play_chunk(self, part: Sequence[Issued | Cancelled], bare: psycopg.Connection[Any]) -> None:
        from creditstore_torture.recording import by_orm, by_psycopg, statements

        with self._databases.default(0), _timed(self.seconds, "services"):
            for event in part:
                self._replayer.take(event)
        with self._databases.default(1), self._recorder.listening() as steps:
            for event in part:
                self._replayer.take(event)
        self.statements += statements(steps)
        with self._databases.default(2) as connection, _timed(self.seconds, "orm"):
            by_orm(steps, connection)
        with _timed(self.seconds, "psycopg"):
            by_psycopg(steps, bare)


def replay(*, cancellations: int, compared: int, chunk: int, urls: Sequence[str]) -> dict[str, Any]:
    """Everything; what was found.

    Parameters: ``cancellations``, the first so many only, 0 for all; ``compared``, how many events at the end are also
    taken the other ways, 0 for all; ``urls``, of four databases: the first is there, the others are copied from it.
    """
    from creditstore_torture import places
    from creditstore_torture.history import Issued, read_history

    history = read_history(cancellations=cancellations)
    before = history[: len(history) - compared] if compared else []
    databases = Databases(urls)
    begun = time.perf_counter()
    with databases.default(0) as connection:
        replayer = Replayer()
        for number, event in enumerate(before, start=1):
            replayer.take(event)
            if number % 1_000 == 0:
                _say(f"{number} of {len(history)} events, {time.perf_counter() - begun:.0f} s")
        connection.close()
    taken = time.perf_counter() - begun
    names = [places.name_of(url) for url in urls]
    for name in names[1:]:
        places.copy_database(urlsplit(urls[0])._replace(path="/postgres").geturl(), name, template=names[0])
    comparison = Comparison(databases, urls=urls, replayer=replayer)
    comparison.play(history[len(before) :], chunk=chunk)
    with databases.default(0):
        wrong = _compare(history)
    contents = [_content(url) for url in urls]
    wrong += [f"{names[number]} holds something else" for number in (1, 2, 3) if contents[number] != contents[0]]
    issuances = sum(isinstance(event, Issued) for event in history)
    return {
        "issuances": issuances,
        "cancellations": len(history) - issuances,
        "seconds": {name: round(value, 2) for name, value in comparison.seconds.items()},
        "seconds in all": round(taken + comparison.seconds["services"], 1),
        "compared": len(history) - len(before),
        "statements": comparison.statements,
        "wrong": wrong,
    }


def _say(text: str) -> None:
    sys.stdout.write(f"replay: {text}\n")
    sys.stdout.flush()


@contextmanager
def _timed(seconds: Counter[str], name: str) -> Iterator[None]:
    # The others' rubbish is nobody's time.
    gc.collect()
    begun = time.perf_counter()
    yield
    seconds[name] += time.perf_counter() - begun  # type: ignore[assignment]


def _compare(history: Sequence[Issued | Cancelled]) -> list[str]:
    """What the ledger and the files do not agree about: every range, and the totals."""
    from django.db.models import Sum

    from creditstore.catalogue.models import Issuance
    from creditstore.credits.models import UnitBlock
    from creditstore_torture.checks import breaches
    from creditstore_torture.history import Issued

    told_issued, told_cancelled = Counter[Any](), Counter[Any]()
    for event in history:
        row = event.row
        if isinstance(event, Issued):
            told_issued[row.ref, row.series, row.start, row.end, event.at] += 1
        else:
            told_cancelled[row.ref, row.series, row.start, row.end] += 1
    issued = Counter(Issuance.objects.values_list("project__ref", "series", "start", "end", "issued_at"))
    leaves = UnitBlock.objects.filter(is_leaf=True)
    cancelled = Counter(
        leaves.filter(state="cancelled").values_list("issuance__project__ref", "series", "start", "end")
    )
    wrong = []
    if issued != told_issued:
        wrong.append(f"{_differences(issued, told_issued)} issuances differ from the file")
    if cancelled != told_cancelled:
        wrong.append(f"{_differences(cancelled, told_cancelled)} cancelled ranges differ from the file")
    total = leaves.aggregate(total=Sum("quantity"))["total"]
    if total != sum(end - start + 1 for _ref, _series, start, end, _at in told_issued.elements()):
        wrong.append("the leaves' sum is not what was issued")
    return wrong + [f"{count} x {name}" for name, count in breaches(at_the_end=False).items()]


def _differences(found: Counter[Any], told: Counter[Any]) -> int:
    return ((found - told) + (told - found)).total()


def _content(url: str) -> dict[str, Any]:
    """How many rows each table has, and what lies in the ledger."""
    with psycopg.connect(url) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ]
        counts = {}
        for table in tables:
            query = psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(table))
            (counts[table],) = connection.execute(query).fetchone() or (None,)
        ledger = connection.execute(
            """
            SELECT md5(string_agg(
                concat_ws(' ', id, parent_id, series, start, "end", state, offer_id, reservation_id), ';' ORDER BY id
            ))
            FROM creditstore_credits_unitblock
            """
        ).fetchone()
    return {"counts": counts, "ledger": ledger}


def main() -> None:
    """As the arguments say; the result goes into the file as JSON."""
    cancellations, compared, chunk = (int(text) for text in sys.argv[1:4])
    result, urls = Path(sys.argv[4]), sys.argv[5:9]
    django.setup()
    from django.conf import settings
    from django.test import override_settings

    from creditstore_host.discovery import found
    from creditstore_host.host import PluginHost
    from creditstore_host.installation import installed
    from creditstore_torture import registry

    host = PluginHost.build(
        plugins=[*found(), registry.found()], settings=settings.CREDITSTORE_PLUGIN_SETTINGS, strict=True
    )
    with installed(host), override_settings(CREDITSTORE_REGISTRY_CONNECTOR=registry.ID):
        found_out = replay(cancellations=cancellations, compared=compared, chunk=chunk, urls=urls)
    result.write_text(json.dumps(found_out), encoding="utf-8")


if __name__ == "__main__":
    main()
