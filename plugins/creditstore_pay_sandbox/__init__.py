"""Test payments: a provider that pays, declines, waits or stays unknown on request, and never moves money."""
