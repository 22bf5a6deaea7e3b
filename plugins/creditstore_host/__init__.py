"""The plugin host: finds plugins, loads each by itself, keeps broken ones apart, and guards every call into them.

The rest of the store uses ``creditstore_host.host.get_host()`` and the records of ``creditstore_host.records``.
"""
