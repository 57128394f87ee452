"""Messages about the queue of jobs, which only the command line shows."""

from open311.messages.message import Message

JOB_NOT_FAILED = Message(
    "job.not_failed",
    api="There is no failed job %(id)s.",
    command="There is no failed job %(id)s. To list them, run open311 jobs list --failed.",
)
