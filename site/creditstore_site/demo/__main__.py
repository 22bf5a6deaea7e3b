"""``python -m creditstore_site.demo`` runs the demo, ``python -m creditstore_site.demo reset`` empties it."""

import argparse
import sys

from creditstore_site.demo.reset import reset
from creditstore_site.demo.supervisor import run

parser = argparse.ArgumentParser(prog="python -m creditstore_site.demo", description="Run the demo on this machine.")
parser.add_argument("action", nargs="?", choices=["run", "reset"], default="run")
sys.exit(reset() if parser.parse_args().action == "reset" else run())
