"""open311 jobs: run what must follow a change, and look after what failed."""

from datetime import UTC, datetime, timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from open311.actor import act_as
from open311.jobs.engine import run_until_signal, run_waiting
from open311.models.jobs import FAILED, RUNNING, WAITING
from open311.operations.jobs import retry_jobs
from open311.queries.jobs import JobInfo, list_jobs, queue_state
from open311.queries.troubles import count_troubles

jobs_commands = AppGroup("jobs", help="Run jobs, and look after those that failed.")

NAMES = {WAITING: "waiting", RUNNING: "running", FAILED: "failed"}


@jobs_commands.command()
@click.option("--once", is_flag=True, help="Run what is due and end, as from cron.")
def run(once: bool) -> None:
    """Run jobs until SIGTERM or Ctrl-C, and until the running ones have ended.

    Set OPEN311_JOBS to separate, so that the web server runs none, and run this beside it. Several
    may run at the same time. With --once, set it to none.

    \b
    Example:
      open311 jobs run
    """
    act_as(None)  # what jobs do is done by the server, not by who started it
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        run_waiting(app)
    else:
        run_until_signal(app)


@jobs_commands.command(name="list")
@click.option("--failed", is_flag=True, help="Only those that have failed for good.")
def list_(failed: bool) -> None:
    """List jobs with their ids, oldest first.

    \b
    Example:
      open311 jobs list --failed
    """
    found = list_jobs([FAILED]) if failed else list_jobs()
    for job in found:
        click.echo(_line(job))
    if not found:
        click.echo("No failed jobs." if failed else "No jobs.")


def _line(job: JobInfo) -> str:
    ids = " ".join(f"{name}={value}" for name, value in job.ids.items())
    line = f"{job.id}: {job.task} {ids}, {NAMES[job.status]}"
    if job.status == WAITING and job.not_before:
        line += f" until {job.not_before:%Y-%m-%d %H:%M:%S} UTC"
    return f"{line} after {job.attempts} attempts" if job.attempts else line


@jobs_commands.command()
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that have failed.")
def retry(ids: tuple[int, ...], everything: bool) -> None:
    """Run failed jobs again.

    \b
    Example:
      open311 jobs retry 4711
    """
    if bool(ids) == everything:
        raise click.UsageError("Name failed jobs, or add --all.")
    click.echo(f"Jobs to run again: {retry_jobs(None if everything else ids):,}.")


@jobs_commands.command()
@click.option("--age", default=300, show_default=True, help="Most seconds a job may be late.")
@click.option("--failed", default=0, show_default=True, help="Most jobs that may have failed.")
@click.option(
    "--behind", default=60, show_default=True, help="Most minutes a webhook may be behind."
)
@click.option(
    "--failed-emails", default=20, show_default=True, help="Most emails that may fail in a day."
)
def status(age: int, failed: int, behind: int, failed_emails: int) -> None:
    """Print the state of jobs and deliveries; exit 1 if any needs attention.

    That is the case if jobs are late or have failed, a webhook is behind or was paused by failures,
    a forwarding needs a decision, or many emails have failed in the past 24 hours.

    \b
    Example:
      open311 jobs status --age 600
    """
    state = queue_state()
    late = timedelta(seconds=int(state.age))
    click.echo(f"Waiting: {state.waiting:,}{f', the oldest for {late}' if late else ''}.")
    click.echo(f"Running: {state.running:,}.")
    click.echo(f"Failed: {state.failed:,}.")
    found = count_troubles(datetime.now(UTC), behind)
    click.echo(f"Webhooks more than {behind} minutes behind: {found.behind:,}.")
    click.echo(f"Webhooks paused by failures: {found.paused:,}.")
    click.echo(f"Forwardings that need a decision: {found.stuck:,}.")
    click.echo(f"Emails that failed in the past 24 hours: {found.failed_emails:,}.")
    is_late = state.age > age or state.failed > failed
    if is_late or any(found[:3]) or found.failed_emails > failed_emails:
        raise click.exceptions.Exit(1)
