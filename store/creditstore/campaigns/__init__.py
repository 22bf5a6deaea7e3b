"""Campaigns that orders can be counted towards. Who announces them, and how they look, is not known here."""
