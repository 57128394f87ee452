"""open311 insights rebuild."""

from flask import Flask
from sqlalchemy import text

from open311.database import db
from tests.commands.conftest import CommandLine


def test_figures_are_made_at_once_and_corrected(app: Flask, open311: CommandLine) -> None:
    number = db.session.scalar(text("SELECT count(*) FROM service_requests WHERE NOT sandbox"))
    db.session.remove()
    line = "gridtown.example: requests added {}, figures corrected {}."
    assert open311.lines("insights", "rebuild") == [line.format(number, 0)]
    assert open311.lines("insights", "rebuild") == [line.format(0, 0)]
    db.session.execute(text("DELETE FROM request_facts WHERE outcome = 'closed'"))
    db.session.commit()
    [told] = open311.lines("insights", "rebuild")
    assert told.startswith("gridtown.example: requests added 0, figures corrected ")
    assert open311.lines("insights", "rebuild") == [line.format(0, 0)]
