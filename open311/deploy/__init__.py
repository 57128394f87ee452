"""Files for the programs around the server, such as systemd and nginx."""

from importlib.resources import files


def filled(name: str, values: dict[str, str]) -> str:
    """Return a file of the package with each @NAME@ replaced."""
    text = files(__package__).joinpath("files", name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text
