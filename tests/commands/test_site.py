"""open311 site: the residents' website of a city."""

from flask import Flask

from tests.commands.conftest import CommandLine


def test_a_website_is_opened_closed_and_shown(app: Flask, open311: CommandLine) -> None:
    for command in ("close", "show"):
        assert "has no website. Open one with open311 site open." in open311.refusal(
            "site", command
        )
    assert open311.lines("site", "open") == ["The website of Gridtown takes reports."]
    assert "Takes reports: yes" in open311.lines("site", "show")
    [said] = open311.lines("site", "close")
    assert said.endswith("takes no reports. Its pages stay readable.")
    assert "Takes reports: no" in open311.lines("site", "show")
