"""The settings of the workspace: signing in, and the map beneath."""

from open311.setting import Setting
from open311.setting_values import base_map, public_url, secret_key, words

STAFF_SETTINGS = (
    Setting(
        "OPEN311_SECRET_KEY",
        secret_key,
        "",
        "Signs the cookies of staff, 32 characters or more, the same for all workers; without it "
        "nobody can sign in at /staff",
    ),
    Setting(
        "OPEN311_OIDC_ISSUER",
        lambda text: public_url(text) if text else "",
        "",
        "Where staff sign in by OpenID Connect: the issuer, as https://login.example.org; else by "
        "passwords alone",
    ),
    Setting("OPEN311_OIDC_CLIENT_ID", words(200), "", "What the issuer calls this server"),
    Setting("OPEN311_OIDC_CLIENT_SECRET", words(1000), "", "What proves it to the issuer"),
    Setting(
        "OPEN311_OIDC_CLAIM",
        words(100),
        "preferred_username",
        "The claim that holds the name of a user here; email counts only where it is verified",
    ),
    Setting(
        "OPEN311_OIDC_LABEL",
        words(100),
        "the city account",
        "What staff sign in with there, as the button says it",
    ),
    Setting(
        "OPEN311_BASE_MAP",
        base_map,
        "",
        "What lies beneath the maps of staff: the address of a MapLibre style or of a PMTiles "
        "file, or the path of such a file on the server; else boundaries alone",
    ),
    Setting(
        "OPEN311_BASE_MAP_ORIGINS",
        lambda text: [public_url(one) for one in text.split()],
        "",
        "Other origins that the style loads from, as https://tiles.example.org; blanks between",
    ),
    Setting(
        "OPEN311_BASE_MAP_ATTRIBUTION",
        words(500),
        "",
        "Whose the base map is, shown on it; a style says it by itself",
    ),
)
