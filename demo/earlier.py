"""What the knowledge base knew before: this very error, twice, and how it was ended; and another error that it is not."""

from collections.abc import Mapping

import msgspec

from bot.config import DEFAULT_ENVIRONMENTS
from bot.core.alert import alert as alerts
from bot.core.alert.slack_message import collect
from bot.core.entry.entry import Entry, amended, path_of, render
from bot.core.entry.front_patch import Setting
from bot.core.signature import signature as signatures
from bot.model import (
    AffectedCode,
    Alert,
    Assessment,
    Diagnosis,
    HistoricalContext,
    Message,
    Occurrence,
    Permalink,
    Prevention,
    RootCause,
)
from bot.texts.entry_page import new_entry, record_occurrence

_CHANNEL = "C08RB8T6CNS"
_URL = "https://github.com/acme/transfers"
_CAUSE = "Two transfers of one wallet read the same leaves; the slower one finds them reserved and has too few left"
_LEAVES = Diagnosis(
    diagnoser="Mira Okafor",
    verdict="act now",
    summary="Transfers are refused although the wallet holds enough free leaves",
    category="application",
    bug_class="race condition",
    assessment=Assessment("high", "customers in production cannot send", "< 1 hour", "on-call engineer, team lead within 30 minutes"),
    root_cause=RootCause(
        known=True,
        statement=_CAUSE,
        confidence="high",
        five_whys=(
            "The transfer failed because fewer leaves were reserved than it needs.",
            "They were fewer because another transfer had reserved those that were read.",
            "Both had read the same ones because nothing locks a leaf between reading and reserving it.",
        ),
    ),
    history=HistoricalContext("new"),
    blast_radius="Three customers on 11 December, wallets with more than eight leaves.",
    affected_code=(AffectedCode("transfers/handlers/transfer_handler.py", 46, "select_leaves_for_transfer", "reads leaves without locking them"),),
    immediate_fix="Ask the customer to try again: the second attempt finds free leaves.",
    long_term_fix="Lock the leaves while selecting them (FOR UPDATE SKIP LOCKED).",
    verification="Two transfers of one wallet at the same time both succeed while it holds enough leaves.",
    prevention=Prevention(alert="more than two of this error in five minutes"),
    next_steps=("Lock the leaves while selecting them.", "Tell the three customers."),
    resolution_tips=("Compare the ledger's balance with the amount: when it is enough, leaves were lost to another transfer.",),
)
_AGAIN = HistoricalContext("recurring", applies="The same cause; the lock was in review when it happened.")
_NODE = Diagnosis(
    diagnoser="Jonas Lind",
    verdict="watch",
    summary="A Lightning node answers too late while it catches up with the chain",
    category="infrastructure",
    bug_class="timeout",
    assessment=Assessment("medium", "wallets are synced later; nothing is refused", "< 4 hours", "owning team, in business hours"),
    root_cause=RootCause(known=True, statement="After a restart the node scans blocks and does not answer meanwhile", confidence="medium"),
    history=HistoricalContext("new"),
    immediate_fix="Wait until the node is at the tip.",
    next_steps=("Look at the block height of the node in its dashboard.",),
)


def earlier_entries(message: Mapping[str, object], fix: str) -> dict[str, str]:
    """Path → text of the entries. `message` is the alert as Slack has it, `fix` the commit that ended its earlier occurrences."""
    first = _alert(message, "1765447511.203949")
    again = _alert(message, "1765524665.718823")
    entry = new_entry(signatures.of(first), _occurrence(first, _LEAVES))
    entry = record_occurrence(entry, _occurrence(again, msgspec.structs.replace(_LEAVES, history=_AGAIN)))
    entry = amended(
        entry,
        {
            "status": "resolved",
            "resolution": f"Row lock while selecting leaves, commit {fix[:12]} ({_URL}/pull/1234)",
            "resolved_at": "2025-12-12T16:40:00Z",
            "owners": ("@acme/transfers",),
        },
    )
    node = _alert({"text": "prod: TimeoutError: node ln-4 did not answer in 30s\nHandler: sync_handler\nService: wallet-sync"}, "1764320402.118273")
    reviewed: dict[str, Setting] = {"reviewed_at": "2025-11-28T10:31:08Z", "reviewed_by": ("Jonas Lind",)}
    return dict(map(_file, (entry, amended(new_entry(signatures.of(node), _occurrence(node, _NODE)), reviewed))))


def _file(entry: Entry) -> tuple[str, str]:
    return path_of(entry.meta.signature), render(entry)


def _alert(message: Mapping[str, object], ts: str) -> Alert:
    text, links = collect(message)
    posted = Message(Permalink("acme.slack.com", _CHANNEL, ts), text, links)
    return alerts.alerts(posted, DEFAULT_ENVIRONMENTS, "prod", 1)[0]


def _occurrence(alert: Alert, diagnosis: Diagnosis) -> Occurrence:
    return Occurrence(alert.permalink, alert.time, alert.environment, alert.service, alert.release, alert.trace_ids, diagnosis)
