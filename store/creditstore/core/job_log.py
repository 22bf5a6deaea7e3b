"""Around every job of the worker: its id in each line of the log, and a line when it ends."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

from creditstore.core.log_context import work

if TYPE_CHECKING:
    # Settings name this module: nothing heavy is imported for it.
    from procrastinate.job_context import JobContext
    from procrastinate.worker import Worker

logger = logging.getLogger(__name__)


async def told(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
    """A worker middleware of procrastinate. Arguments of jobs are ids of rows."""
    began = perf_counter()
    with work(job_id=str(context.job.id), task=context.job.task_name):
        try:
            result = await call_next()
        except Exception:
            # procrastinate tells why, and tries again or not; here only that this attempt ended so.
            logger.warning("failed at attempt %d after %d ms", context.job.attempts + 1, _since(began))
            raise
        logger.info("done in %d ms", _since(began))
        return result


def _since(began: float) -> int:
    return round((perf_counter() - began) * 1000)
