"""Scaffold Title: a payment provider for Climate Credit Store."""
