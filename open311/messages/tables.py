"""Messages about tables in files, which geo raises by key."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

_SAVE = "In a spreadsheet program, save it as “CSV UTF-8”, or as a workbook (.xlsx or .ods)."

MESSAGES = (
    Message(
        "table.empty",
        everywhere=N_("%(title)s is empty. Its first line must contain the names of the columns."),
    ),
    Message(
        "table.repeated_column",
        everywhere=N_("%(place)s: two columns are called %(column)s. Rename or remove one."),
    ),
    Message(
        "table.too_many_cells",
        everywhere=N_(
            "%(place)s: there are more cells than columns (lines of this kind: "
            "%(number)s). Put a text that contains the separator in quotation marks, or save the "
            "file as a workbook (.xlsx or .ods)."
        ),
    ),
    Message(
        "table.not_csv",
        page=N_(
            "%(place)s: this is not CSV. Save it as “CSV UTF-8”, or as a workbook (.xlsx or .ods)."
        ),
        api=f"%(place)s: this is not CSV (%(error)s). {_SAVE}",
    ),
    Message(
        "table.damaged",
        page=N_(
            "%(place)s: the characters are damaged. "
            "Save it as “CSV UTF-8”, or as a workbook (.xlsx or .ods)."
        ),
        api=(
            "%(place)s: the characters are damaged, as if texts of two encodings had "
            f"been put together. {_SAVE}"
        ),
    ),
    Message(
        "table.unclear_encoding",
        page=N_(
            "%(place)s: the encoding of the characters is unclear. "
            "Save it as “CSV UTF-8”, or as a workbook (.xlsx or .ods)."
        ),
        api=(
            f"%(place)s: the encoding of the characters is unclear, as this is not UTF-8. {_SAVE}"
        ),
    ),
    Message(
        "table.not_text",
        page=N_(
            "%(title)s is not a text file. "
            "Save it as “CSV UTF-8”, or as a workbook (.xlsx or .ods)."
        ),
        api=f"%(title)s is not a text file. {_SAVE}",
    ),
    Message(
        "table.encrypted",
        everywhere=N_("%(title)s is encrypted. Save it without a password."),
    ),
    Message(
        "table.not_a_workbook",
        everywhere=N_(
            "%(title)s cannot be read as a workbook. Open it and save it again as .xlsx or .ods."
        ),
    ),
)
