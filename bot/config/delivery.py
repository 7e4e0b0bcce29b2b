"""The sections of the configuration that say what is delivered: which alerts are taken up, where answers go, who is told that a review waits."""

from typing import Annotated

import msgspec

from bot.config.keys import described
from bot.model import Record, Severity

Mention = Annotated[str, msgspec.Meta(pattern=r"\A[SUW][A-Z0-9]{2,20}\Z")]


class Scan(Record, frozen=True):
    """Which messages of `channels` are alerts, and how many are diagnosed in one scan."""

    bots: Annotated[tuple[str, ...], described("Ids of bots (B…) or apps (A…) whose messages are alerts; empty: those of every bot and app.")] = ()
    patterns: Annotated[tuple[str, ...], described("Regular expressions; a bot's message is an alert when one is found in its text. Empty: any text.")] = ()
    ignore: Annotated[tuple[str, ...], described("Regular expressions; a message in whose text one is found is no alert.")] = (
        r"(?i)^\W{0,5}(?:resolved|recovered|closed|acknowledged)\b",
        r"(?i)\[(?:resolved|ok|recovered|closed)\]",
        r"(?i)^\W{0,5}(?:debug|info|notice)\b",
    )
    people: Annotated[bool, described("Whether a person's message counts too, where `patterns` has one that is found in it.")] = False
    hours: Annotated[float, described("How far back a scan looks for alerts that no scan took."), msgspec.Meta(gt=0, le=720)] = 24
    most: Annotated[int, described("Diagnoses of one scan, the oldest alerts first; the rest is left to the next."), msgspec.Meta(ge=1, le=200)] = 10


class Intake(Record, frozen=True):
    """Alerts that come from an alerting system, and not from a message."""

    channel: Annotated[
        str,
        described("Id of the channel that answers go to where there is no thread; left out: the first of `channels`."),
        msgspec.Meta(pattern=r"\A(?:[CG][A-Z0-9]{2,20})?\Z"),
    ] = ""


class Step(Record, frozen=True):
    """Who is told when a review of a severity waits: after so many minutes, once."""

    severity: Severity
    minutes: Annotated[int, described("Since the request was opened."), msgspec.Meta(ge=0, le=43200)]
    words: Annotated[str, described("What is said, after the mentions.")]
    mention: Annotated[tuple[Mention, ...], described("Ids of user groups (S…) or users (U…, W…) of Slack.")] = ()
    channel: Annotated[str, described("Id of a channel that is told instead of the alert's thread."), msgspec.Meta(pattern=r"\A(?:[CG][A-Z0-9]{2,20})?\Z")] = ""


ESCALATION = (
    Step("critical", 0, "on-call engineer: a critical diagnosis waits for your review"),
    Step("critical", 15, "team lead: this critical diagnosis has waited for 15 minutes, which is its response time"),
    Step("critical", 30, "engineering manager: this critical diagnosis has waited for half an hour"),
    Step("high", 30, "team lead: this diagnosis of high severity has waited for half an hour"),
    Step("high", 60, "on-call engineer: this diagnosis of high severity has waited for an hour, which is its response time"),
    Step("medium", 240, "owning team: this diagnosis has waited for four hours, which is its response time"),
)
"""The matrix of `severities`, step by step. A severity without steps is never escalated."""
