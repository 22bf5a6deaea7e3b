"""Plugins run in processes of their own, so that no fault of theirs can stop the store.

``warden`` is a small program that each process of the store starts when it first needs a plugin. It never runs a
plugin's code; it forks *runners*, which do (``runner``). The store's side (``processes``) sends a runner one call at a
time over a socket, waits no longer than the call's deadline, and has what does not answer killed. ``wire`` is what
passes between them. A runner has neither Django nor the database, and of the environment only what its plugin's own
settings refer to.
"""
