"""Scaffold Title: a registry connector for Climate Credit Store."""
