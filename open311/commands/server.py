"""open311 serve, and the files for what runs around the server: systemd, nginx, Prometheus."""

import os
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from open311.deploy import filled
from open311.deploy.nginx import nginx_site
from open311.deploy.units import units

GUNICORN = ("-m", "gunicorn", "-c", "python:open311.gunicorn_config", "open311.wsgi:application")


@click.command()
def serve() -> None:
    """Run the web server until SIGTERM or Ctrl-C.

    It is gunicorn; GUNICORN_CMD_ARGS may contain more of its options.

    \b
    Example:
      open311 serve
    """
    os.execv(sys.executable, [sys.executable, *GUNICORN])  # noqa: S606 -- nothing follows


systemd_commands = AppGroup("systemd", help="Units of systemd for the server.")


@systemd_commands.command(name="print")
@click.option(
    "--prefix",
    default="/opt/open311/current",
    show_default=True,
    help="Link to the virtual environment of the current release.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the units to this folder instead.",
)
def print_units(prefix: str, to: Path | None) -> None:
    """Print the units for the server, its socket, and its upgrades.

    Those for jobs and maintenance are for servers that run these apart.

    \b
    Example:
      open311 systemd print --to /etc/systemd/system
    """
    for name, text in units(prefix, current_app.config).items():
        if to is None:
            click.echo(f"# /etc/systemd/system/{name}\n{text}")
            continue
        try:
            to.mkdir(parents=True, exist_ok=True)
            (to / name).write_text(text, encoding="utf-8")
        except OSError as error:
            sentence = f"{to / name} cannot be written: {error.strerror}."
            raise click.ClickException(sentence) from None
        click.echo(f"{to / name} is written.")


nginx_commands = AppGroup("nginx", help="A site of nginx in front of the server.")


def _host(_context: click.Context, _option: click.Parameter, value: str) -> str:
    name = value.lower()
    if not all(part and part.replace("-", "").isalnum() for part in name.split(".")):
        raise click.BadParameter("It must be a host name such as 311.example.org.")
    return name


def _path(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and any(one in value for one in " ;{}\"'\\$\n"):
        raise click.BadParameter("It must be a path without blanks, quotes, and braces.")
    return value


@nginx_commands.command(name="print")
@click.option("--name", required=True, callback=_host, help="Host name of the public address.")
@click.option(
    "--certificate",
    callback=_path,
    help="PEM file with the certificate; by default, where certbot keeps it.",
)
@click.option("--key", callback=_path, help="PEM file with its key.")
def print_site(name: str, certificate: str | None, key: str | None) -> None:
    """Print a site with HTTPS, buffers for slow clients, and limits from the settings.

    \b
    Example:
      open311 nginx print --name 311.example.org
    """
    folder = f"/etc/letsencrypt/live/{name}"
    files = certificate or f"{folder}/fullchain.pem", key or f"{folder}/privkey.pem"
    click.echo(nginx_site(name, *files, current_app.config), nl=False)


prometheus_commands = AppGroup("prometheus", help="Rules and dashboards for metrics.")


@prometheus_commands.command(name="print")
@click.argument("what", type=click.Choice(["alerts", "dashboard"]))
@with_appcontext
def print_rules(what: str) -> None:
    """Print the alert rules of Prometheus, or a dashboard of Grafana.

    \b
    Example:
      open311 prometheus print alerts
    """
    name = {"alerts": "alerts.yml", "dashboard": "dashboard.json"}[what]
    click.echo(filled(name, {}), nl=False)
