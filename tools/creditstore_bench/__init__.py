"""``make bench``: this store beside a bare view and beside plain django-oscar, on one machine, in one run.

``docs/explanation/performance.md`` says what is measured and what may be concluded from it.
"""
