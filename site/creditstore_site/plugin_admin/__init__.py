"""Plugins in the admin: what was found, what became of it, how it is, and the switch."""
