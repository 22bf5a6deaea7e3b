"""The demo on one machine: ``make demo`` runs this package, ``make demo-reset`` empties what it made.

Nothing here imports Django except ``prepare``, which runs in a process of its own.
"""
