"""``make torture``: what must never happen, tried hard, and what must stay quick, measured.

``docs/explanation/torture.md`` says what each part does and how to replay a run.
"""
