"""A simulator of the CDM registry: its own process, its own store, HTTP with JSON. No real unit is ever touched.

Run it with ``python -m creditstore_registry_cdm.simulator --help``. It answers in two layers, as registries do:
a message is accepted or refused at once; what becomes of the transaction is decided later and told by its state.
"""

#: What the simulator calls itself in every answer.
REGISTRY_NAME = "CDM registry simulator"
