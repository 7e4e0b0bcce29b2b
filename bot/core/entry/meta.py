"""The schema of an entry's front matter: every key, what it means, what it may hold. SCHEMA.md is generated from it."""

from typing import Annotated, Literal

import msgspec

from bot.model import Category, Record, Severity, Status

SCHEMA_VERSION = 1
TIMES = ("first_seen", "last_seen", "resolved_at", "reviewed_at")
PERMALINK = r"\A(?:https://[A-Za-z0-9.-]+(?::\d+)?/archives/[A-Z0-9]+/p\d{16}(?:\?[A-Za-z0-9_.=&%-]*)?|alert:[a-z]{1,20}/A[A-Z2-7]{16}/p\d{16})\Z"
SIGNATURE = r"\A[A-Za-z0-9._-]{1,120}\Z"
FINGERPRINT = r"\A(?:v\d+:[0-9a-f]{32})?\Z"


def told(meaning: str, example: object, *, pattern: str | None = None, min_length: int | None = None) -> msgspec.Meta:
    """What SCHEMA.md says of a key that holds text, or a list, and what the text must satisfy."""
    return msgspec.Meta(description=meaning, examples=[example], pattern=pattern, min_length=min_length)


Name = Annotated[str, msgspec.Meta(pattern=SIGNATURE)]
Thread = Annotated[str, msgspec.Meta(pattern=PERMALINK)]


class EntryMeta(Record, frozen=True, kw_only=True, gc=False):  # texts and lists of texts: nothing that could lead in a circle
    """Front matter of one entry. Times are ISO strings in UTC (`2025-12-17T09:12:44Z`), the empty string where there is none."""

    signature: Annotated[
        str, told("Name of the error, and of the file without `.md`. Computed, never invented.", "transfer_handler_ValidationError_a3f2c1", pattern=SIGNATURE)
    ]
    title: Annotated[
        str, told("One line that a reader of the index understands.", "ValidationError in transfer_handler: insufficient leaf balance", min_length=1)
    ]
    status: Annotated[
        Status,
        told(
            "Where it stands. A merged entry is `diagnosed`; `resolved` needs a `resolution`; one that came back is `regressed`, one out of use `withdrawn`.",
            "diagnosed",
        ),
    ]
    severity: Annotated[Severity, told("The highest that a diagnosis gave, one step more when it came back, or what a reviewer decided.", "high")]
    category: Annotated[Category, told("Which part of the house it concerns.", "application")]
    error_type: Annotated[str, told("Class of the error.", "ValidationError", min_length=1)]
    culprit: Annotated[str, told("Function, handler or module that failed.", "transfer_handler", min_length=1)]
    services: Annotated[tuple[str, ...], told("Services in which it was seen.", ["transfers"])]
    environments: Annotated[tuple[str, ...], told("Environments in which it was seen.", ["prod"])]
    first_seen: Annotated[str, told("Time of the earliest known alert.", "2025-12-12T08:01:05Z", min_length=1)]
    last_seen: Annotated[str, told("Time of the latest known alert.", "2025-12-17T09:12:44Z", min_length=1)]
    occurrences: Annotated[int, msgspec.Meta(description="How often it was recorded; never fewer than the alerts that the entry knows.", examples=[2], ge=1)]
    threads: Annotated[
        tuple[Thread, ...],
        told(
            "Slack permalinks of the latest alerts, oldest first; `alert:pagerduty/…` for one that came without a message."
            " An alert listed here is not recorded again; older ones are kept in the diagnosis history.",
            ["https://acme.slack.com/archives/C0ALERTS1/p1765962764000100"],
        ),
    ]
    resolution: Annotated[
        str, told("What ended it, in a sentence; name the commit, so that a regression can be told.", "Row lock in reserve_leaves, commit 4be91d07")
    ] = ""
    resolved_at: Annotated[str, told("When it was resolved.", "2025-12-12T16:40:00Z")] = ""
    # Far from `threads`: the bot writes it on the default branch while an open request adds threads, and git joins what does not touch.
    tracking_issue: Annotated[str, told("Link of the tracking issue.", "https://github.com/acme/transfers/issues/41")] = ""
    aliases: Annotated[
        tuple[Name, ...], told("Earlier names of this error, after a rename or a merge of two entries.", ["transfer_ValidationError_09ab12"])
    ] = ()
    owners: Annotated[tuple[str, ...], told("People or teams to ask.", ["@acme/transfers"])] = ()
    related: Annotated[
        tuple[Name, ...], told("Signatures of errors that are easily taken for this one, or that come with it.", ["reserve_leaves_TimeoutError_5d10aa"])
    ] = ()
    reviewed_by: Annotated[tuple[str, ...], told("Who approved or merged the entry as it was last published. Written after the merge.", ["mira"])] = ()
    reviewed_at: Annotated[str, told("When it was last published after a review. Written after the merge.", "2025-12-17T10:02:31Z")] = ""
    held: Annotated[
        int, msgspec.Meta(description="How often its answer, given at once, was confirmed: by a thumbs-up, or by a review that left it.", examples=[3], ge=0)
    ] = 0
    failed: Annotated[
        int, msgspec.Meta(description="How often its answer, given at once, was wrong: a thumbs-down, or a review that corrected it.", examples=[0], ge=0)
    ] = 0
    replaced_by: Annotated[
        str, told("The entry that this one was renamed to or merged into; only of a withdrawn entry.", "reserve_leaves_TimeoutError_5d10aa")
    ] = ""
    fingerprint: Annotated[
        str,
        told(
            "Full digest behind the name, with the version of the algorithm, so that two errors of one name are noticed.",
            "v1:a3f2c1d09b7e4f60818223aa94c5d6e7",
            pattern=FINGERPRINT,
        ),
    ] = ""
    schema: Annotated[Literal[1], told("Version of this schema.", SCHEMA_VERSION)]


KEYS: tuple[str, ...] = EntryMeta.__struct_fields__
OPTIONAL: dict[str, str | int | tuple[str, ...]] = {
    "tracking_issue": "",
    "resolution": "",
    "resolved_at": "",
    "owners": (),
    "aliases": (),
    "related": (),
    "reviewed_by": (),
    "reviewed_at": "",
    "held": 0,
    "failed": 0,
    "replaced_by": "",
    "fingerprint": "",
}
WRITTEN_LATER = ("reviewed_by", "reviewed_at", "held", "failed", "replaced_by")
"""Keys that a new entry does not show: they are added when there is something to say."""
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


def higher(one: Severity, other: Severity) -> Severity:
    """The graver of two severities."""
    return min(one, other, key=SEVERITIES.index)
