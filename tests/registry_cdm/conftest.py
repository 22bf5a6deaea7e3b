"""The registry tests' fixtures; their helpers are imported from ``registry_support.py``."""

from registry_cdm.registry_support import counter, registry, run_simulator, store_path

__all__ = ["counter", "registry", "run_simulator", "store_path"]
