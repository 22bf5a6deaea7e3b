"""Bundled plugin: the certificate as PDF/A-3a, with its facts attached as canonical JSON."""
