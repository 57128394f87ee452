"""What pages alone show, and how measures are compared: definitions beside those of measures.py."""

from open311.figures.measures import NO_WORK, Measure
from schemas.vocabulary.marking import N_

METHODS = (
    Measure(
        "overdue",
        N_("Overdue"),
        N_("Open requests whose due date has passed, and that do not wait for the requester."),
    ),
    Measure(
        "closed_at_entry",
        N_("Closed at entry"),
        N_(
            "The share of requests that were closed within ten minutes. They were probably entered "
            "after the work."
        ),
        numerator=N_("Requests closed within ten minutes."),
        denominator=N_("Requests received in the period."),
        left_out=NO_WORK,
    ),
    Measure(
        "channel",
        N_("How requests come in"),
        N_("The share of requests that came in by phone, on the website, and in other ways."),
        numerator=N_("Requests that came in in one way, with duplicates and canceled requests."),
        denominator=N_("All requests received in the period."),
        left_out=N_("Withdrawn requests and tests."),
    ),
    Measure(
        "change",
        N_("Compared with the weeks before"),
        N_(
            "A week compared with the eight weeks before it, as a ratio with its 95-percent "
            "interval. The interval is wider if weeks vary more than chance. “About the same” "
            "means that the interval contains no change. Of several services, those are named "
            "whose changes contain at most 1 false alarm in 20."
        ),
        left_out=N_(
            "Services with fewer than 20 requests in the week or in the eight weeks before."
        ),
    ),
    Measure(
        "last_year",
        N_("Compared with last year"),
        N_(
            "Requests per week, divided by those per week a year before: in the weeks with the "
            "same ISO numbers, and one week before and after them. The ratio to the eight weeks "
            "before is beside it. Intervals are wider if weeks vary more than chance."
        ),
        left_out=N_(
            "Periods with fewer than 20 requests, now or then, and weeks that are not over. "
            "Times before the city's first requests."
        ),
    ),
    Measure(
        "hot_places",
        N_("More than normal at a place"),
        N_(
            "Squares of 500 m in which more requests of a service were received in a week than "
            "their own past lets expect: the eight weeks before, and three weeks around the same "
            "week of last year. The number is compared with the city's total in that week, so that "
            "a storm does not mark every square."
        ),
        left_out=N_("Squares with fewer than 5 requests. Requests without a location."),
    ),
    Measure(
        "repeated_places",
        N_("Places with repeated requests"),
        N_(
            "Places to which the city was called again and again for one service in the past 365 "
            "days: at least three visits, with requests within 25 m of each other. Requests less "
            "than seven days after a visit began count as the same visit. A place is at most 75 m "
            "across. Without filters, places are those of last night. The public sees squares of "
            "500 m instead of places, and none in which nearly all requests are at one place."
        ),
        left_out=N_("Duplicates, canceled requests, and requests without a location."),
    ),
    Measure(
        "closing_ratio",
        N_("Closings compared with the city"),
        N_(
            "Closings in an area, divided by those expected if each request were closed as fast as "
            "the city closes its service. Limits are wide enough for chance, and for how much "
            "areas differ from each other."
        ),
        numerator=N_("Requests of the area that were closed."),
        denominator=N_("Closings expected at the age of each request of the area, by its service."),
        left_out=N_("Requests outside all areas. Areas with fewer than 20 requests."),
    ),
    Measure(
        "promise_ratio",
        N_("Closed on time compared with the city"),
        N_(
            "Requests of an area that were closed on time, divided by those expected from the "
            "city's share for each service."
        ),
        numerator=N_("Requests of the area that were closed by their due date."),
        denominator=N_(
            "Requests of the area that fell due, times the city's share for their service."
        ),
        left_out=N_("Requests outside all areas. Areas in which fewer than 20 requests fell due."),
    ),
    Measure(
        "reporting_rate",
        N_("Reporting rate"),
        N_(
            "How often people report a problem that is there: further reports of a known problem, "
            "divided by the days from its first report until somebody acts, at most 30. One "
            "divided by it estimates the days until a problem is reported for the first time "
            "(Liu, Bhandaram, and Garg, 2023)."
        ),
        numerator=N_("Duplicates, and people who said that they have the same problem."),
        denominator=N_("Days from the first report until the first action, at most 30 for each."),
        left_out=N_(
            "Services with fewer than 30 further reports. Areas with fewer than 20 problems."
        ),
    ),
    Measure(
        "forecast",
        N_("Forecast"),
        N_(
            "The same weeks of last year, smoothed over three weeks, times the last eight weeks "
            "divided by the same eight weeks then. Without last year, the mean of eight weeks. The "
            "band comes from the errors of past forecasts, and should contain 8 of 10 weeks. A "
            "forecast is shown only if 65 to 95 percent of the last 26 weeks were in their band."
        ),
    ),
    Measure(
        "revision",
        N_("Revised since the last report"),
        N_(
            "The figures of the week before as they were published, and as they are now. They "
            "change when requests are reopened, withdrawn, corrected, or linked as duplicates. A "
            "published report stays as it is."
        ),
    ),
    Measure(
        "crews",
        N_("Open requests with other crews"),
        N_(
            "Open requests, plus those expected, minus the crews times what a crew closed in a "
            "week. That is measured in the 12 weeks of the past year with the most open requests. "
            "The band contains 8 of 10 of 1,000 random courses."
        ),
    ),
)
"""All methods, in the order of pages."""
