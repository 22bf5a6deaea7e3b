"""Scaffold Title: a certificate format for Climate Credit Store."""
