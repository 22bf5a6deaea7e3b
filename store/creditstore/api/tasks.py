"""Jobs of the API."""

from __future__ import annotations

from procrastinate.contrib.django import app

from creditstore.api.idempotency import forget_old


@app.periodic(cron="17 3 * * *")
@app.task(name="creditstore.api.forget_keys", queueing_lock="creditstore.api.forget_keys", pass_context=False)
def forget_keys(timestamp: int) -> None:
    """Every night: remove idempotency keys whose time is over."""
    forget_old()
