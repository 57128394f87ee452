"""The form of a boundary layer's code: it is also the name of an XML element."""

import re

LAYER_CODE = re.compile(r"[a-z][a-z0-9_]*")
