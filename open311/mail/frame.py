"""The page around the text of an email.

Mail programs may drop the style sheet, so each element has its style in light colors, and the style
sheet has the dark ones.
"""

import re
from collections.abc import Sequence
from html import escape

FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

_CELL = "padding:4px 8px 4px 0;border-bottom:1px solid #767676;text-align:left;vertical-align:top"
_STYLES = {
    "p": "margin:0 0 16px",
    "a": "color:#0b4a8f;text-decoration:underline",
    "blockquote": "margin:0 0 16px;padding:0 0 0 12px;border-left:4px solid #767676",
    "ul": "margin:0 0 16px;padding:0 0 0 24px",
    "ol": "margin:0 0 16px;padding:0 0 0 24px",
    "h1": "margin:0 0 16px;font-size:22px;line-height:1.3",
    "h2": "margin:0 0 12px;font-size:18px;line-height:1.3",
    "h3": "margin:0 0 8px;font-size:16px;line-height:1.3",
    "table": "margin:0 0 16px;border-collapse:collapse;width:100%;font-size:14px",
    "th": f"{_CELL};font-weight:600",
    "td": _CELL,
}
_BUTTON = (
    "display:inline-block;padding:10px 18px;border-radius:6px;background-color:#0b4a8f;"
    "color:#ffffff;text-decoration:none;font-weight:600"
)
_ABOVE = "margin:0 0 16px;font-size:14px"
_SHEET = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  body, .page { background-color: #141414 !important; color: #ececec !important; }
  a { color: #9cc4ff !important; }
  a.button { background-color: #9cc4ff !important; color: #141414 !important; }
  .foot { color: #c4c4c4 !important; border-color: #767676 !important; }
}
"""
_TAG = re.compile(rf"<({'|'.join(_STYLES)})(?=[ >])")
_LINK_ALONE = re.compile(r'<p><a href="([^"]*)">([^<]*)</a></p>')


def frame(
    body: str,
    foot: str,
    *,
    subject: str,
    city: str,
    language: str,
    above: str = "",
) -> str:
    """Return a whole page; body and foot are HTML of to_html, and body may have tables.

    above is the first line of the email, if any. A paragraph that is only a link becomes a button.
    """
    return _PAGE.format(
        language=language,
        subject=escape(subject),
        city=escape(city),
        sheet=_SHEET,
        font=FONT,
        above=f'<p style="{_ABOVE}">{escape(above)}</p>\n' if above else "",
        body=_styled(_with_buttons(body)),
        foot=_styled(foot),
    )


def picture_html(pictures: Sequence[tuple[str, str]]) -> str:
    """Return pictures in paragraphs; each is (name, text for those who do not see it)."""
    return "".join(
        f'<p style="margin:0 0 16px"><img src="cid:{name}" alt="{escape(text)}" '
        'style="max-width:100%;height:auto;border:0"></p>'
        for name, text in pictures
    )


def _with_buttons(html: str) -> str:
    return _LINK_ALONE.sub(rf'<p><a class="button" href="\1" style="{_BUTTON}">\2</a></p>', html)


def _styled(html: str) -> str:
    """Add styles to elements of to_html, which have no other attributes than href."""
    return _TAG.sub(_with_style, html)


_A_BUTTON = '<a class="button" '


def _with_style(found: re.Match[str]) -> str:
    if found.string.startswith(_A_BUTTON, found.start()):
        return found[0]
    return f'<{found[1]} style="{_STYLES[found[1]]}"'


_PAGE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>{sheet}</style>
</head>
<body style="margin:0;background-color:#ffffff;color:#1b1b1b">
<div class="page" style="max-width:600px;margin:0 auto;padding:24px 16px;\
background-color:#ffffff;color:#1b1b1b;font-size:16px;line-height:1.5;overflow-wrap:anywhere;{font}">
<header>{above}<p style="margin:0 0 16px;font-weight:600">{city}</p></header>
<main>
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">{subject}</h1>
{body}</main>
<footer class="foot" style="margin:24px 0 0;padding:16px 0 0;border-top:1px solid #767676;\
color:#4a4a4a;font-size:14px">
{foot}</footer>
</div>
</body>
</html>
"""
