"""Run the simulator: ``python -m creditstore_registry_cdm.simulator --port 8766 --store var/registry.sqlite3``."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from creditstore_registry_cdm.simulator.database import UnusableStore
from creditstore_registry_cdm.simulator.holdings import HoldingsRefused
from creditstore_registry_cdm.simulator.server import Simulator


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError("from 0 to 3600 seconds")
    return value


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 0 after a clean stop, 1 when it cannot start."""
    parser = argparse.ArgumentParser(
        prog="python -m creditstore_registry_cdm.simulator",
        description="A simulator of the CDM registry. No real unit is ever touched.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, required=True, help="port to listen on; 0 takes any free one")
    parser.add_argument("--store", type=Path, required=True, help="SQLite file; made when missing")
    parser.add_argument("--holdings", type=Path, help="CSV of units to put into accounts; known ones are skipped")
    parser.add_argument("--delay", type=_seconds, default=1.0, help="seconds from a proposal to its end (default 1)")
    parser.add_argument(
        "--notify", default="", help="http://127.0.0.1:<port>/<path> to tell of each step; default: nobody"
    )
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")

    # Blocked in every thread and waited for in this one: a handler could run while a lock it needs is held.
    stop_signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)
    try:
        simulator = Simulator(
            options.store,
            host=options.host,
            port=options.port,
            delay=options.delay,
            holdings=options.holdings,
            notify=options.notify,
        )
    except HoldingsRefused as error:
        sys.stderr.write(f"{options.holdings}, {error}\n")
        return 1
    except (UnusableStore, OSError, OverflowError, ValueError) as error:
        sys.stderr.write(f"the registry simulator cannot start: {error}\n")
        return 1
    simulator.start()
    sys.stdout.write(f"registry simulator ready at {simulator.url}\n")
    sys.stdout.flush()
    signal.sigwait(stop_signals)
    simulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
