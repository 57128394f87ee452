"""What happens in a worker, for those who count it. Nobody does unless metrics are on."""

from blinker import Namespace

_signals = Namespace()

request_stored = _signals.signal("request-stored")
"""Sent with jurisdiction_id, channel, and repeated (whether an earlier answer was given again)."""

slow_client_closed = _signals.signal("slow-client-closed")

maintained = _signals.signal("maintained")
"""Sent after a nightly maintenance without a failure."""
