"""The place of an alert that came without a chat message: named by its vendor's own id and its start, the same however often it is sent."""

import base64
import hashlib
from datetime import datetime

from bot.model import Permalink
from bot.regex import regex

VENDORS = {
    "alertmanager": "Alertmanager",
    "pagerduty": "PagerDuty",
    "opsgenie": "Opsgenie",
    "sentry": "Sentry",
    "cloudwatch": "CloudWatch",
    "opensearch": "OpenSearch",
}
"""As `repository_dispatch` types and as people write them."""
_PLACE = regex(rf"alert:(?P<vendor>{'|'.join(VENDORS)})/(?P<id>A[A-Z2-7]{{16}})/p(?P<seconds>[1-9][0-9]{{9}})(?P<micros>[0-9]{{6}})")


def place(vendor: str, identity: str, start: datetime) -> Permalink:
    """`alert:pagerduty/AMFRGGZDFMY3TQNZX/p1765864885000000` as a Permalink. `identity` is the vendor's id of the incident; `start` is aware.

    The digest keeps outside text out of paths, marks and links; a Slack channel's id never begins with an A.
    """
    digest = base64.b32encode(hashlib.sha256(f"{vendor}\n{identity}".encode()).digest())[:16].decode()
    return Permalink(f"alert:{vendor}", f"A{digest}", f"{int(start.timestamp())}.{start.microsecond:06}")


def parse(text: str) -> Permalink | None:
    """The place that a text names; None for anything else."""
    found = _PLACE.fullmatch(text)
    return Permalink(f"alert:{found['vendor']}", found["id"], f"{found['seconds']}.{found['micros']}") if found else None


def vendor_of(permalink: Permalink) -> str | None:
    """PagerDuty, say; None for a chat message."""
    return VENDORS.get(permalink.host.removeprefix("alert:")) if permalink.host.startswith("alert:") else None
