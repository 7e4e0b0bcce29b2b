"""What the configuration says of the life of an entry: when it answers, and what is kept beside it."""

from typing import Annotated

import msgspec

from bot.config.keys import described
from bot.model import Record, Severity


class RecurrencePolicy(Record, frozen=True):
    """When a reviewed entry answers an alert at once, without a diagnosis. docs/recurrence.md says what is asked of it."""

    enabled: bool = True
    never_for: Annotated[tuple[Severity, ...], described("Severities that are always diagnosed anew.")] = ()
    max_age_days: Annotated[int, described("Days after the last review from which an entry no longer answers."), msgspec.Meta(ge=1, le=3650)] = 90
    lead: Annotated[
        float, described("By how much the entry must be liker to the alert than the next one; two of one error have 11 points."), msgspec.Meta(ge=0, le=11)
    ] = 1.0
    held_for_failed: Annotated[int, described("Answers that must have held for each one that failed."), msgspec.Meta(ge=1, le=100)] = 3
    merge_counts: Annotated[bool, described("Merge requests that hold nothing but counted alerts without a person.")] = False


Days = Annotated[int, msgspec.Meta(ge=0, le=3650)]
"""0: never."""


class Requests(Record, frozen=True):
    """What happens to a pull request that nobody answers. A day counts when nothing happened on the request."""

    remind_after_days: Annotated[Days, described("Days without an answer after which a request is reminded of, once; 0: never.")] = 3
    close_after_days: Annotated[Days, described("Days without an answer after which it is closed, which is no “no”; 0: never.")] = 30
    mention: Annotated[tuple[str, ...], described("GitHub users or teams that a reminder names, beside the owners in CODEOWNERS.")] = ()


class Dashboard(Record, frozen=True):
    """The one issue that shows how everything stands, and from when on something is shown there."""

    enabled: bool = True
    unreviewed_days: Annotated[Days, described("Days after which an entry counts as not reviewed for long; 0: never.")] = 180
    quiet_days: Annotated[Days, described("Days without an alert after which an open entry is asked about; 0: never.")] = 90
    recurring_from: Annotated[int, described("Occurrences from which an error without a fix is shown."), msgspec.Meta(ge=1, le=1000)] = 3
    gap_days: Annotated[int, described("How many days back gaps are looked for."), msgspec.Meta(ge=1, le=30)] = 7
    gaps_from: Annotated[int, described("Requests with a gap of the same source from which it is shown."), msgspec.Meta(ge=2, le=100)] = 3


class Reviews(Record, frozen=True):
    """The weekly review and the monthly deep dive."""

    channel: Annotated[
        str, described("Id of the channel that a review is posted to after its merge; empty: none."), msgspec.Meta(pattern=r"\A(?:[CGD][A-Z0-9]{2,20})?\Z")
    ] = ""
    empty: Annotated[bool, described("Also propose a review of a week or month in which nothing happened.")] = False
    track: Annotated[bool, described("Open a tracking issue for each recurring pattern of a review that was merged.")] = True
    pattern_from: Annotated[int, described("Errors that must share something to count as a pattern."), msgspec.Meta(ge=2, le=100)] = 3


class Postmortems(Record, frozen=True):
    """When the merge of an entry also proposes a post-mortem: docs/runbooks.md."""

    severities: Annotated[tuple[Severity, ...], described("Severities whose merge proposes a post-mortem; empty: only by hand.")] = ("critical",)
    again_after_days: Annotated[int, described("Days in which an error that comes back gets no second post-mortem by itself."), msgspec.Meta(ge=1, le=365)] = 7
