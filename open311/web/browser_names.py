"""Names of browsers and systems in what a browser calls itself (User-Agent)."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""In this order, as later ones are also in what earlier ones say."""

_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(device: str) -> str:
    """Return the browser and the system, such as Firefox, Windows; empty if neither is known."""
    found = (
        next((name for mark, name in marks if mark in device), "")
        for marks in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found))
