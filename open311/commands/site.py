"""open311 site: the residents' website of a city."""

import click
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.errors import NotFound
from open311.messages.residents import CITY_WITHOUT_SITE
from open311.operations.residents.site import change_site
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.residents.site import SiteInfo, find_site

site_commands = AppGroup("site", help="Open, close, and show the residents' website.")


@site_commands.command("open")
@jurisdiction_option
def open_(jurisdiction_id: str | None) -> None:
    """Let residents report on the website.

    A city without a website gets one with the usual settings. Administrators change them in the
    workspace, and open311 seed changes them by site.toml.

    \b
    Example:
      open311 site open
    """
    city = get_jurisdiction(jurisdiction_id)
    change_site(city.jurisdiction_id, {"takes_reports": True})
    click.echo(f"The website of {city.name} takes reports.")


@site_commands.command()
@jurisdiction_option
def close(jurisdiction_id: str | None) -> None:
    """Stop reporting on the website; all pages stay readable.

    \b
    Example:
      open311 site close
    """
    city = get_jurisdiction(jurisdiction_id)
    _site_of(city.jurisdiction_id, city.name)
    change_site(city.jurisdiction_id, {"takes_reports": False})
    click.echo(f"The website of {city.name} takes no reports. Its pages stay readable.")


@site_commands.command()
@jurisdiction_option
def show(jurisdiction_id: str | None) -> None:
    """Show the settings of the website.

    \b
    Example:
      open311 site show
    """
    city = get_jurisdiction(jurisdiction_id)
    site = _site_of(city.jurisdiction_id, city.name)
    for name, value in (
        ("Takes reports", "yes" if site.takes_reports else "no"),
        ("Host", site.host or "any"),
        ("Languages", ", ".join(site.languages)),
        ("Color", site.color),
        ("Emergency number", site.emergency_number),
        ("Phone", site.phone or "none"),
        (
            "Reports of one address",
            f"{site.reports_per_hour} an hour, {site.reports_per_day} a day",
        ),
        ("Words that hold publication", ", ".join(site.hold_words) or "none"),
        ("Websites that may embed it", ", ".join(site.embed_origins) or "none"),
        ("Listed by search engines", "yes" if site.is_indexed else "no"),
    ):
        click.echo(f"{name}: {value}")


def _site_of(jurisdiction_id: str, name: str) -> SiteInfo:
    site = find_site(jurisdiction_id)
    if site is None:
        raise NotFound(CITY_WITHOUT_SITE, city=name)
    return site
