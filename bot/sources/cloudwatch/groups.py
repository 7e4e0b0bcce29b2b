"""The log groups that a configuration names: which there are, what class they are of, and how far back they reach."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import one_line
from bot.errors import SourceError
from bot.model import Gap, Record
from bot.regex import regex
from bot.sources.aws_session import AwsRefusal
from bot.sources.cloudwatch.client import LogsClient, side_by_side
from bot.sources.cloudwatch.refusal import DENIED, Asked

_ARN = regex(r"arn:[a-z-]+:logs:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):log-group:(?P<name>.+)")
_NAME = regex(r"[\w./#-]{1,512}", re.ASCII)
_MOST_PAGES = 10
"""Of fifty groups each, for a name that ends in `*`."""
_PACKED = 7
"""`storedBytes` counts compressed bytes, and a query scans what was written: seven times as much or less for text."""
_LONGEST_KEPT, _LARGEST = 36_500, 2**63 - 1
"""Days and bytes: AWS keeps events for ten years at most, and counts in longs."""
READABLE = ("STANDARD", "INFREQUENT_ACCESS", "ESSENTIALS")
"""Classes whose events can be read at all; the class DELIVERY only passes them on."""


class Group(Record, frozen=True):
    """A log group. `asked` is its name, or its ARN when it is another account's. Nothing else is known where we may not describe it."""

    name: str
    asked: str
    kind: str = "STANDARD"
    created: datetime | None = None
    retention_days: int | None = None
    stored_bytes: int | None = None
    account: str | None = None

    @property
    def filterable(self) -> bool:
        """Whether FilterLogEvents answers for it: the cheaper classes know Insights only."""
        return self.kind == "STANDARD"

    @property
    def service(self) -> str:
        """The last part of the name: `transfers` of `/aws/lambda/transfers`."""
        return self.name.rstrip("/").rpartition("/")[2]

    def kept_from(self, now: datetime) -> datetime | None:
        """The time from which on events are still there; None when they never expire, or nobody knows."""
        return now - timedelta(days=self.retention_days) if self.retention_days else None

    def scanned(self, start: datetime, end: datetime, now: datetime) -> float:
        """Gigabytes that a query over this window may scan, by what the group holds and for how long; 0 when that is not known."""
        begun = max((time for time in (self.kept_from(now), self.created) if time is not None), default=None)
        if begun is None or not self.stored_bytes:
            return 0.0
        age = max((now - begun).total_seconds(), 3_600.0)
        return self.stored_bytes * _PACKED * min((end - start).total_seconds() / age, 1.0) / 10**9


class Groups(Record, frozen=True):
    """What the configured names stand for, in their order, and what is amiss with them."""

    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...] = ()


def read(client: LogsClient, names: Sequence[str]) -> Groups:
    """One call for each name, more where a wildcard has many. Raises SourceError when AWS cannot be spoken to at all."""
    found: dict[str, Group] = {}
    gaps: list[Gap] = []
    for name, answer in zip(names, side_by_side(names, lambda name: _named(client, name)), strict=True):
        if not isinstance(answer, SourceError):
            groups = answer
            gaps += [] if groups else [_nothing(client.asked, name)]
        elif isinstance(answer.__cause__, AwsRefusal) and answer.__cause__.code in DENIED:
            # Not everybody may describe groups. Reading them may be allowed all the same.
            gaps.append(client.asked.gap(f"what {name} stands for and how long it is kept", answer.cause, answer.remedy))
            groups = [] if name.endswith("*") else [Group(_plain(name), name)]
        else:
            raise answer
        found.update((group.asked, group) for group in groups if group.asked not in found)
    return Groups(tuple(found.values()), tuple(gaps))


def unreadable(group: Group, window: tuple[datetime, datetime], now: datetime, asked: Asked) -> tuple[Gap | None, bool]:
    """What of a window this group cannot show: expired, not yet there, of a class that keeps nothing. Whether to ask it all the same."""
    start, end = window
    kept = group.kept_from(now)
    if group.kind not in READABLE:
        cause = f"{group.name} is of the class {group.kind}, which only passes events on"
        return asked.gap("log events", cause, "look where they are delivered to (S3, Firehose), or give the function a group of class STANDARD"), False
    if kept is not None and start < kept:
        whole = end < kept
        share = "all" if whole else "a part"
        told = f"{group.name} keeps events for {group.retention_days} days: {share} of the window from {start:%Y-%m-%d %H:%M} UTC has expired"
        wanted = "log events of that time" if whole else "log events of the beginning of the window"
        remedy = f"look in an export of the group, if there is one; `aws logs put-retention-policy --log-group-name {group.name}` keeps them longer from now on"
        return asked.gap(wanted, told, remedy), not whole
    if group.created is not None and end < group.created:
        cause = f"{group.name} was created at {group.created:%Y-%m-%d %H:%M} UTC, after the window"
        return asked.gap("log events of that time", cause, f"name the group that was written to then in `{asked.key} groups:`"), False
    return None, True


def chosen(groups: Iterable[Group], linked: Iterable[str], service: str | None, most: int) -> tuple[tuple[Group, ...], int]:
    """At most so many groups: those that the alert links to, those named like its service, those that hold something. And how many are left."""
    ours, links = (service or "").casefold(), frozenset(linked)

    def rank(group: Group) -> tuple[bool, bool, bool]:
        return group.name not in links, not (ours and ours in group.name.casefold()), group.stored_bytes == 0

    ordered = sorted(groups, key=rank)
    return tuple(ordered[:most]), max(len(ordered) - most, 0)


def _named(client: LogsClient, name: str) -> list[Group]:
    """The groups of one configured name. AWS lists by prefix and in order, so the group of exactly that name comes first."""
    wild, plain, other = name.endswith("*"), _plain(name), _ARN.fullmatch(name)
    request: dict[str, Any] = {"limit": 50, **({"logGroupNamePrefix": plain} if plain else {})}
    if other:
        request |= {"includeLinkedAccounts": True, "accountIdentifiers": [other["account"]]}
    found: list[Group] = []
    for _ in range(_MOST_PAGES):
        answer = client.call("looking for log groups", "DescribeLogGroups", "logGroups", request, name)
        found += [group for one in answer["logGroups"] if (group := _group(one, other is not None)) and (wild or group.name == plain)]
        token = answer.get("nextToken")
        if not wild or not isinstance(token, str) or token == request.get("nextToken"):
            break
        request["nextToken"] = token
    return found


def _plain(name: str) -> str:
    match = _ARN.fullmatch(name)
    return (match["name"] if match else name).removesuffix("*")


def _group(told: Any, elsewhere: bool) -> Group | None:
    name = told.get("logGroupName") if isinstance(told, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    arn = str(told.get("logGroupArn") or told.get("arn") or "").removesuffix(":*")
    return Group(
        name,
        arn if elsewhere and arn else name,
        one_line(str(told.get("logGroupClass") or "STANDARD")[:40]),
        moment(told.get("creationTime")),
        _whole(told.get("retentionInDays"), _LONGEST_KEPT),
        _whole(told.get("storedBytes"), _LARGEST),
        match["account"] if (match := _ARN.fullmatch(arn)) else None,
    )


def _whole(value: object, most: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most else None


def _nothing(asked: Asked, name: str) -> Gap:
    lister = f"`aws logs describe-log-groups --region {asked.logs.region}` lists what there is"
    if match := _ARN.fullmatch(name):
        remedy = f"link account {match['account']} to this one (CloudWatch cross-account observability), or use a role of that account"
        return asked.gap(f"log group {name}", f"no such group is shared with this account in {asked.logs.region}", remedy)
    what = "no log group begins so" if name.endswith("*") else "there is no such log group"
    return asked.gap(f"log group {name}", f"{what} in {asked.logs.region} of this account", f"correct `{asked.key} groups:`; {lister}")
