"""Settings of what is stored outside of the database."""

from open311.setting_values import Setting, media_store, whole_number

STORAGE_SETTINGS = (
    Setting(
        "OPEN311_MEDIA_STORE",
        media_store,
        "var/media",
        "Where photos are stored: a folder, or an address for fsspec, such as s3://bucket/prefix",
    ),
    Setting(
        "OPEN311_MEDIA_GRACE_DAYS",
        whole_number(0, 365),
        "14",
        "Days for which photo files stay that no request uses; longer than backups of the "
        "database are kept, so that each of them finds its photos",
    ),
    Setting(
        "OPEN311_ERASURE_LOG",
        lambda text: media_store(text) if text else "",
        "",
        "Where it is noted that data was erased, to erase it again after a restore: a folder, or "
        "an address as in OPEN311_MEDIA_STORE; by default, erasures in the storage of the photos",
    ),
)
