"""A payload of any alerting system, whole or as a GitHub event carries it, is given to the reader it is for."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from bot.core.alert import place as alert_place
from bot.core.intake import alertmanager as intake_alertmanager
from bot.core.intake import cloudwatch as intake_cloudwatch
from bot.core.intake import opensearch as intake_opensearch
from bot.core.intake import opsgenie as intake_opsgenie
from bot.core.intake import pagerduty as intake_pagerduty
from bot.core.intake import sentry as intake_sentry
from bot.core.intake.intake import Intake, Json, Received, gathered
from bot.errors import BadCommand

MAX_BYTES = 5_000_000
_DOING = "reading the payload of an alert"
_VENDORS = ", ".join(alert_place.VENDORS.values())


class _Reader(NamedTuple):
    """Whether a payload is one of this vendor's, and what it tells."""

    fits: Callable[[Json], bool]
    read: Callable[[Json], Iterator[Received | bool | None]]


READERS = {
    one.VENDOR: _Reader(one.fits, one.read)
    for one in (intake_alertmanager, intake_pagerduty, intake_opsgenie, intake_sentry, intake_cloudwatch, intake_opensearch)
}


def read(content: bytes) -> Intake:
    """The alerts of a payload. It may stand alone, in `{"payload": …}`, or in an event of GitHub, whose `action` names the vendor. Raises BadCommand."""
    if len(content) > MAX_BYTES:
        raise BadCommand(
            _DOING, f"it has {len(content) / 1e6:,.1f} MB, at most {MAX_BYTES / 1e6:.0f} are read", "send one alert, or one group of alerts, at a time"
        )
    try:
        decoded = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadCommand(_DOING, f"it is no JSON: {error}", "send it whole, as the alerting system made it (docs/intake.md)") from error
    vendor, payload = _opened(decoded)
    reader = vendor or next((name for name, one in READERS.items() if one.fits(payload)), None)
    if reader is None:
        raise BadCommand(_DOING, f"it is of none of these: {_VENDORS}", "see docs/intake.md for the shape that each of them sends")
    return gathered(reader, READERS[reader].read(payload))


def _opened(decoded: object) -> tuple[str | None, Json]:
    """The vendor where the event's type names one, and the payload without what it was wrapped in."""
    vendor = None
    if isinstance(decoded, Mapping) and isinstance(decoded.get("client_payload"), Mapping):
        named = decoded.get("action") or decoded.get("event_type")
        vendor, decoded = named if isinstance(named, str) and named in READERS else None, decoded["client_payload"]
    if isinstance(decoded, Mapping) and isinstance(decoded.get("payload"), Mapping):
        decoded = decoded["payload"]
    if not isinstance(decoded, Mapping):
        raise BadCommand(_DOING, "it is no JSON object", "send it whole, as the alerting system made it (docs/intake.md)")
    return vendor, decoded
