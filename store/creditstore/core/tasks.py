"""Housekeeping of the job queue itself."""

from __future__ import annotations

import logging

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="creditstore.core.rescue_stalled", queueing_lock="creditstore.core.rescue_stalled", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """Every minute: put jobs back whose worker died. Consumers are idempotent, so half-done work is done again.

    A worker counts as dead well after its heartbeats should have come, else a live job would run twice.
    """
    stalled = await context.app.job_manager.get_stalled_jobs(
        seconds_since_heartbeat=settings.CREDITSTORE_STALLED_JOB_SECONDS
    )
    for job in stalled:
        if job.id == context.job.id:
            continue
        try:
            await context.app.job_manager.retry_job(job)
        except UniqueViolation:
            # Only one of its kind may wait, and the next one already does: it will do the work.
            await context.app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
            logger.warning("job %s (%s) had stalled and is dropped: another one waits", job.id, job.task_name)
        else:
            logger.warning("job %s (%s) had stalled and is put back", job.id, job.task_name)


@app.periodic(cron="17 3 * * *")
@app.task(name="creditstore.core.forget_old_jobs", queueing_lock="creditstore.core.forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
    """Every night: remove jobs that succeeded more than two weeks ago. Failed ones stay for staff to see."""
    await context.app.job_manager.delete_old_jobs(nb_hours=14 * 24)
