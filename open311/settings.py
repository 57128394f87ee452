"""Table of all settings, which come from environment variables."""

from open311.database_settings import DATABASE_SETTINGS
from open311.mail.settings import MAIL_SETTINGS
from open311.media.limits import MOST_PIXELS
from open311.open_data_settings import OPEN_DATA_SETTINGS
from open311.setting_values import (
    Setting,
    base_map,
    bind_address,
    geocoder,
    host_names,
    log_level,
    one_of,
    public_url,
    rate_limit,
    rate_limit_storage,
    reference_systems,
    secret_key,
    tile_template,
    time_of_day,
    whole_number,
    words,
    yes_or_no,
)
from open311.sms.settings import SMS_SETTINGS
from open311.storage_settings import STORAGE_SETTINGS
from open311.watch_settings import WATCH_SETTINGS

STAFF_SETTINGS = (
    Setting(
        "OPEN311_SECRET_KEY",
        secret_key,
        "",
        "Signs the cookies of staff and the secret links of residents: 32 or more "
        "characters, the same for all workers; without it nobody can sign in, and the "
        "residents' website is closed",
    ),
    Setting(
        "OPEN311_OIDC_ISSUER",
        lambda text: public_url(text) if text else "",
        "",
        "OpenID Connect issuer for single sign-on, such as "
        "https://login.example.org; by default, passwords only",
    ),
    Setting("OPEN311_OIDC_CLIENT_ID", words(200), "", "Client ID of this server at the issuer"),
    Setting(
        "OPEN311_OIDC_CLIENT_SECRET", words(1000), "", "Client secret of this server at the issuer"
    ),
    Setting(
        "OPEN311_OIDC_CLAIM",
        words(100),
        "preferred_username",
        "Claim that contains the username; email counts only if the issuer verified it",
    ),
    Setting(
        "OPEN311_OIDC_LABEL",
        words(100),
        "the city account",
        "Name of the sign-in method on the button",
    ),
    Setting(
        "OPEN311_BASE_MAP",
        base_map,
        "",
        "Base map of all maps: the address of a MapLibre style or a PMTiles "
        "file, or the path of a PMTiles file on the server; by default, maps have no "
        "streets",
    ),
    Setting(
        "OPEN311_BASE_MAP_ORIGINS",
        lambda text: [public_url(one) for one in text.split()],
        "",
        "Other origins that the style loads from, such as "
        "https://tiles.example.org, separated by spaces",
    ),
    Setting(
        "OPEN311_BASE_MAP_ATTRIBUTION",
        words(500),
        "",
        "Attribution shown on the map; styles contain their own",
    ),
    Setting(
        "OPEN311_MAX_BASE_MAP_BYTES",
        whole_number(10_000, 20_000_000_000),
        "500000000",
        "Maximum size of a PMTiles file that an administrator uploads",
    ),
    Setting(
        "OPEN311_AERIAL_TILES",
        tile_template,
        "",
        "Aerial photos as a layer of the staff map: the address of raster tiles, such as "
        "https://tiles.example.org/{z}/{x}/{y}.jpg; by default, none",
    ),
    Setting(
        "OPEN311_AERIAL_ATTRIBUTION", words(500), "", "Attribution of the aerial photos on the map"
    ),
    Setting(
        "OPEN311_SERVICE_WORKER",
        yes_or_no,
        "yes",
        "yes: the residents' website works offline; no: browsers remove its service worker",
    ),
)

SETTINGS = (
    *DATABASE_SETTINGS,
    Setting("OPEN311_BIND", bind_address, "127.0.0.1:8311", "Address and port to listen on"),
    Setting(
        "OPEN311_PUBLIC_URL",
        lambda text: public_url(text) if text else "",
        "",
        "Address that the public uses, for links; by default, the address of each HTTP request",
    ),
    Setting("OPEN311_WORKERS", whole_number(1, 64), "2", "gunicorn worker processes"),
    Setting("OPEN311_THREADS", whole_number(1, 64), "64", "Threads in each worker"),
    Setting(
        "OPEN311_CONNECTIONS_PER_ADDRESS",
        whole_number(1, 64),
        "16",
        "HTTP requests of one address that a worker handles at the same time, if OPEN311_PROXIES "
        "is 0; more wait",
    ),
    Setting(
        "OPEN311_MAX_BODY_BYTES",
        whole_number(10_000, 1_000_000_000),
        "1000000",
        "Maximum size of a POST without its photos; larger gets 413",
    ),
    Setting(
        "OPEN311_MAX_BOUNDARY_BYTES",
        whole_number(10_000, 500_000_000),
        "50000000",
        "Maximum size of a boundary file that an administrator uploads",
    ),
    *STORAGE_SETTINGS,
    Setting("OPEN311_MAX_PHOTOS", whole_number(0, 50), "6", "Maximum photos in one request"),
    Setting(
        "OPEN311_MAX_PHOTO_BYTES",
        whole_number(10_000, 100_000_000),
        "10000000",
        "Maximum size of a photo file",
    ),
    Setting(
        "OPEN311_MAX_PHOTO_PIXELS",
        whole_number(10_000, MOST_PIXELS),
        "50000000",
        "Maximum pixels of a photo, checked before it is decoded",
    ),
    Setting(
        "OPEN311_MAX_SANDBOX_BYTES",
        whole_number(0, 100_000_000_000),
        "100000000",
        "Maximum size of all photos that the test endpoint stores until the nightly maintenance",
    ),
    Setting(
        "OPEN311_FETCH_MEDIA",
        yes_or_no,
        "no",
        "yes: download the images that media_url links to, and store them",
    ),
    Setting(
        "OPEN311_LOCATION_ACCURACY",
        whole_number(1, 1000),
        "10",
        "Assumed accuracy of a location in meters, if the app does not send it; "
        "decides which requests are near a boundary",
    ),
    Setting(
        "OPEN311_MAX_METERS_OUTSIDE",
        whole_number(0, 1000),
        "30",
        "A location may be outside the service area by less than its accuracy, up to this many "
        "meters; 0: never",
    ),
    Setting(
        "OPEN311_REPEAT_SECONDS",
        whole_number(0, 86_400),
        "3600",
        "Time in which the same submission from the same API key is a retry, if the app sends no "
        "Idempotency-Key",
    ),
    Setting(
        "OPEN311_GEOCODER",
        geocoder,
        "",
        "Service that finds addresses which are not in the imported addresses: a "
        "geocoder of geopy or census, with options, such as "
        "nominatim?domain=geo.example.org; by default, none",
    ),
    Setting(
        "OPEN311_GEOCODER_SECONDS",
        whole_number(1, 20),
        "3",
        "Maximum time to wait for the geocoder; without an answer the request is saved anyway",
    ),
    Setting(
        "OPEN311_FORWARD_PRIVATE",
        host_names,
        "",
        "Hosts in the city's own network to which requests may be forwarded, also over HTTP, "
        "separated by spaces; by default, only public addresses over HTTPS",
    ),
    Setting(
        "OPEN311_BOUNDARY_PRIVATE",
        host_names,
        "",
        "Hosts in the city's own network from which boundaries may be imported, also over HTTP, "
        "separated by spaces; by default, only public addresses over HTTPS",
    ),
    Setting(
        "OPEN311_ADDRESS_TOLERANCE",
        whole_number(1, 100_000),
        "250",
        "Maximum distance in meters between a location and its address before staff check both",
    ),
    Setting(
        "OPEN311_CRS",
        reference_systems,
        "4326,3857",
        "EPSG codes of the coordinate systems that the OGC API offers besides CRS84",
    ),
    *STAFF_SETTINGS,
    *MAIL_SETTINGS,
    *SMS_SETTINGS,
    Setting(
        "OPEN311_PROXIES",
        whole_number(0, 5),
        "0",
        "Number of reverse proxies whose X-Forwarded headers the server trusts",
    ),
    Setting(
        "OPEN311_RATE_LIMIT",
        rate_limit,
        "600 per minute",
        "Maximum HTTP requests for each API key, or for each address without one; "
        "several limits separated by ;, or none",
    ),
    Setting(
        "OPEN311_RATE_LIMIT_STORAGE",
        rate_limit_storage,
        "memory://",
        "Where HTTP requests, failed sign-ins, and what an address sends through the website are "
        "counted: in each worker, or in redis://host:6379/0 for all workers together",
    ),
    Setting(
        "OPEN311_MAINTENANCE_AT",
        time_of_day,
        "03:30",
        "Time of day (UTC) for the nightly maintenance, or never",
    ),
    Setting(
        "OPEN311_WEBHOOK_PRIVATE",
        host_names,
        "",
        "Hosts of the city's own network that webhooks may call, on any port and without HTTPS, "
        "separated by spaces",
    ),
    Setting(
        "OPEN311_JOBS",
        one_of("inside", "separate", "none"),
        "inside",
        "Where jobs run: inside gunicorn, in one more process beside its workers; separate, in "
        "open311 jobs run; or none, for open311 jobs run --once from cron",
    ),
    *OPEN_DATA_SETTINGS,
    *WATCH_SETTINGS,
    Setting("OPEN311_LOG_LEVEL", log_level, "INFO", "DEBUG, INFO, WARNING, or ERROR"),
)
