"""Settings of the files of open data."""

from open311.setting_values import Setting, time_of_day, words

OPEN_DATA_SETTINGS = (
    Setting(
        "OPEN311_OPEN_DATA_AT",
        time_of_day,
        "04:30",
        "Time of day (UTC) at which the files of all public requests are written, or never",
    ),
    Setting(
        "OPEN311_OPEN_DATA_LICENSE",
        words(300),
        "",
        "License of these files: its name or address, such as CC-BY-4.0 or "
        "https://creativecommons.org/licenses/by/4.0/; by default, none is named",
    ),
)
