"""open311 jobs: run what must follow a change, and look after what failed."""

from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from open311.jobs.engine import run_until_signal, run_waiting
from open311.models.jobs import FAILED, RUNNING, WAITING
from open311.operations.jobs import retry_jobs
from open311.queries.jobs import JobInfo, list_jobs, queue_state

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
def status(age: int, failed: int) -> None:
    """Print the state of the queue; exit 1 if jobs are late or have failed.

    \b
    Example:
      open311 jobs status --age 600
    """
    state = queue_state()
    late = timedelta(seconds=int(state.age))
    click.echo(f"Waiting: {state.waiting:,}{f', the oldest for {late}' if late else ''}.")
    click.echo(f"Running: {state.running:,}.")
    click.echo(f"Failed: {state.failed:,}.")
    if state.age > age or state.failed > failed:
        raise click.exceptions.Exit(1)
