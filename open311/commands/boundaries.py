"""open311 boundaries: the group, whose commands are imported one by one."""

from flask.cli import AppGroup

from open311.lazy_commands import LazyCommands

COMMANDS = {
    "service-area": "boundary_area:service_area",
    "import": "boundary_import:import_",
    "lint": "boundary_lint:lint",
    "preview": "boundary_preview:preview_",
    "list": "boundary_sets:list_",
    "kind": "boundary_sets:kind",
    "publish": "boundary_sets:publish",
    "withdraw": "boundary_sets:withdraw",
    "restore": "boundary_sets:restore",
    "delete-layer": "boundary_sets:delete_layer_",
}
"""The commands, each with its place: only some of them read files, or ask other servers."""

boundaries_commands = AppGroup(
    "boundaries",
    commands=LazyCommands(COMMANDS),
    help="Import, check, publish, and restore boundaries.",
)

IMPORTED = "Imported."
NOT_IMPORTED = "Nothing was changed. To import, add --commit."
LINTING = "Looking for overlaps, gaps, and slivers"
