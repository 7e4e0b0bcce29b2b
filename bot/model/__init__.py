"""The nouns of the house: frozen records that travel from the Slack link to the published entry.

Read `alert`, `evidence`, `case`, `diagnosis`, `proposal`, `delivery` in this order: it is the one in which an alert meets the words.
Every record converts to and from JSON by `msgspec`, refuses unknown fields, and holds text exactly as it was given.
Times are aware and in UTC. Slack's `ts` is an identifier and stays a string.
"""

from bot.model.alert import Alert, Frame, Message, Permalink, Signature
from bot.model.case import Case, Inquiry, PastEntry, PastFix, Search
from bot.model.delivery import Checkup, IssueDraft, Reply, TrackingIssue
from bot.model.diagnosis import (
    AffectedCode,
    Assessment,
    Citation,
    Diagnosis,
    Hint,
    HistoricalContext,
    Prevention,
    Recalled,
    RivalCause,
    RootCause,
    RuleMatch,
    Spend,
    Verified,
    WantedQuery,
)
from bot.model.evidence import CodePlace, Commit, Deploy, Detail, Evidence, EvidenceKind, Findings, FixCheck, FixState, Gap, LogEvent, Relation, Trend
from bot.model.proposal import File, MergedEntry, Occurrence, Proposal, PullRequest, Revision, Standing
from bot.model.record import Record
from bot.model.words import BugClass, Category, Confidence, Recurrence, Severity, Status, Verdict

__all__ = [
    "AffectedCode",
    "Alert",
    "Assessment",
    "BugClass",
    "Case",
    "Category",
    "Checkup",
    "Citation",
    "CodePlace",
    "Commit",
    "Confidence",
    "Deploy",
    "Detail",
    "Diagnosis",
    "Evidence",
    "EvidenceKind",
    "File",
    "Findings",
    "FixCheck",
    "FixState",
    "Frame",
    "Gap",
    "Hint",
    "HistoricalContext",
    "Inquiry",
    "IssueDraft",
    "LogEvent",
    "MergedEntry",
    "Message",
    "Occurrence",
    "PastEntry",
    "PastFix",
    "Permalink",
    "Prevention",
    "Proposal",
    "PullRequest",
    "Recalled",
    "Record",
    "Recurrence",
    "Relation",
    "Reply",
    "Revision",
    "RivalCause",
    "RootCause",
    "RuleMatch",
    "Search",
    "Severity",
    "Signature",
    "Spend",
    "Standing",
    "Status",
    "TrackingIssue",
    "Trend",
    "Verdict",
    "Verified",
    "WantedQuery",
]
