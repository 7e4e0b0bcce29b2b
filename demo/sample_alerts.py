"""What the samples need beside the demo's world: an error that nobody knows yet, what a model says of it, what people said in a thread, older entries."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.core.entry.entry import amended, path_of, render
from bot.core.signature import signature as signatures
from bot.model import Alert, Assessment, Category, Diagnosis, HistoricalContext, Occurrence, Permalink, RootCause, Severity, Verdict
from bot.texts.entry_page import new_entry

Json = dict[str, Any]
CHANNEL = "C08RB8T6CNS"
UNKNOWN = datetime(2025, 12, 17, 10, 41, 7, 318204, UTC)
"""When the alert of the new error came."""
LATER = datetime(2025, 12, 17, 14, 5, 12, 630771, UTC)
"""When an error came again that was reviewed by then."""
_TRACE = "c4b1f0837d5e4a6e9a20b7d8e1f35c96"
_CLEANED = "account cleanup: 214 accounts without a login for two years removed"
_VIOLATION = 'insert or update on table "transfers" violates foreign key constraint "transfers_receiver_id_fkey"'
_ERROR = f"(psycopg.errors.ForeignKeyViolation) {_VIOLATION}"


def ts_of(posted: datetime) -> str:
    """Slack's name of a message that was posted then."""
    return f"{int(posted.timestamp())}.{posted.microsecond:06}"


def unknown_message() -> Json:
    """The alert of the new error as Slack has it."""
    return {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": "B07ALERTS01",
        "username": "spark-alerts",
        "ts": ts_of(UNKNOWN),
        "text": f":rotating_light: prod: IntegrityError in transfer_handler\n*Service:* transfers\n*Count:* 6 in 5 minutes\n```IntegrityError: {_ERROR}```",
    }


def unknown_logs(release: str, repository: Path) -> dict[str, str]:
    """NDJSON by file name: six refused transfers, and the clean-up before them."""
    refused = [(-212, "w_19f2a7c0"), (-164, "w_88d3e512"), (-121, "w_19f2a7c0"), (-74, "w_6b07fa3e"), (-38, "w_c2915d08"), (-2, "w_19f2a7c0")]
    events = [_event(seconds, "transfers", "INFO", f"transfer to {wallet} requested", release=release) for seconds, wallet in refused[:-1]]
    stack = _stack(repository)
    events += [_failure(seconds, release, stack) for seconds, _ in refused]
    events += [_event(-seconds, "transfers", "INFO", f"transfer {seconds:04} reserved 3 leaves", release=release) for seconds in range(5, 280, 7)]
    events += [_event(-2.2, "api-gateway", "INFO", "POST /v1/transfers from w_5512ae70 accepted", trace_id=_TRACE)]
    events += [_event(-1.9, "api-gateway", "ERROR", "POST /v1/transfers from w_5512ae70 500 288ms", trace_id=_TRACE)]
    accounts = [_event(-251, "accounts", "INFO", "account cleanup: started by schedule"), _event(-243, "accounts", "WARNING", _CLEANED)]
    return {"logs/10h.ndjson": _lines(events), "logs/accounts.ndjson": _lines(accounts)}


def later_logs() -> dict[str, str]:
    """NDJSON by file name: the node does not answer, some hours later."""
    at = LATER.timestamp() - UNKNOWN.timestamp()
    events = [_event(at - before, "wallet-sync", "ERROR", "TimeoutError: node ln-4 did not answer in 30s") for before in (64, 3)]
    return {"logs/14h.ndjson": _lines(events)}


def _failure(seconds: float, release: str, stack: str) -> Json:
    traced = {"trace_id": _TRACE} if seconds == -2 else {}
    told = {"type": "IntegrityError", "stack_trace": stack}
    return _event(seconds, "transfers", "ERROR", f"IntegrityError: {_ERROR}", release=release, error=told, **traced)


def _event(seconds: float, service: str, level: str, message: str, **more: object) -> Json:
    at = datetime.fromtimestamp(UNKNOWN.timestamp() + seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"@timestamp": at, "level": level, "service": service, "message": message, **more}


def _lines(events: list[Json]) -> str:
    return "".join(f"{json.dumps(event)}\n" for event in sorted(events, key=lambda event: str(event["@timestamp"])))


def _stack(repository: Path) -> str:
    """With the line numbers of the code as it is checked out."""
    calls = (
        ("transfers/api.py", "post_transfer", "transfer_handler.handle_transfer(session, transfer)"),
        ("transfers/handlers/transfer_handler.py", "handle_transfer", "leaves = select_leaves_for_transfer(session, transfer)"),
        ("transfers/handlers/transfer_handler.py", "select_leaves_for_transfer", ".all()"),
    )
    lines = ["Traceback (most recent call last):"]
    for path, function, code in calls:
        number = next(n for n, line in enumerate((repository / path).read_text(encoding="utf-8").splitlines(), start=1) if line.strip() == code)
        lines += [f'  File "/app/{path}", line {number}, in {function}', f"    {code}"]
    return "\n".join([*lines, f"sqlalchemy.exc.IntegrityError: {_ERROR}"])


def model_turns() -> list[list[tuple[str, Json]] | Json]:
    """What the model does: it looks for the accounts that are gone, leaves a query for a person, and answers."""
    looked = ("search_logs", {"words": ["account cleanup"], "minutes_before": 10, "minutes_after": 1})
    wanted = {"purpose": "Whether the refused receivers were among the removed accounts", "expected_rows": "four rows if the clean-up explains it, none if not"}
    left = ("propose_query", {"sql": _QUERY, **wanted})
    return [[looked, left], _ANSWER]


_QUERY = """SELECT r.account_id, r.removed_at
FROM removed_accounts r
WHERE r.account_id IN ('w_19f2a7c0', 'w_88d3e512', 'w_6b07fa3e', 'w_c2915d08')
LIMIT 10"""
_ANSWER: Json = {
    "verdict": "fix soon",
    "summary": "Transfers to accounts that this morning's clean-up removed are refused with an internal error",
    "category": "application",
    "bug_class": "missing value",
    "severity": "high",
    "severity_reason": "Customers cannot send to receivers whose account was removed; six transfers failed in five minutes",
    "cause_known": True,
    "root_cause": (
        "The account clean-up removed 214 accounts at 10:37. Senders still have them as receivers, and `post_transfer` saves a transfer without asking whether "
        "its receiver exists, so the database refuses the row and the caller gets a 500 instead of an answer that names the reason."
    ),
    "five_whys": [
        "The transfers failed because the database refused to save them.",
        "It refused because the receiver of the transfer was not there.",
        "The receiver was not there because the clean-up had removed accounts minutes before.",
        "Nothing noticed because nobody asks for the receiver before the transfer is saved.",
    ],
    "citations": [
        {"evidence": "E1", "quote": "violates foreign key constraint"},
        {"evidence": "E14", "quote": "214 accounts without a login for two years removed"},
    ],
    "unsettled": ["Whether all refused receivers were among the 214 accounts: the query in the pull request would tell"],
    "rivals": [
        {
            "statement": "The transfers were sent to receivers that never existed",
            "decided_by": "the removed ids in the clean-up's own record; none of them among the refused receivers speaks for this",
            "citations": [],
        }
    ],
    "past_applies": "",
    "blast_radius": "Six transfers in five minutes, of several wallets. How many senders keep one of the 214 accounts as a receiver is not known.",
    "affected_code": [{"evidence": "E4", "issue": "saves any receiver; whether there is such an account is not asked"}],
    "immediate_fix": "Stop the clean-up's schedule, and restore the 214 accounts from before 10:37.",
    "long_term_fix": "Ask for the receiver in `post_transfer`, and answer 422 when there is none. Let the clean-up spare accounts that others still send to.",
    "verification": "A transfer to a removed account answers 422, and no IntegrityError of this constraint is logged for a day.",
    "prevention_test": "A test that posts a transfer to an account that was removed, and expects 422.",
    "prevention_check": "A dry run of the clean-up in CI that fails when an account is still somebody's receiver.",
    "prevention_alert": "The first foreign key violation of the transfers table.",
    "next_steps": [
        "Stop the clean-up's schedule.",
        "Approve the query in the pull request to see whether the clean-up explains every refused transfer.",
        "Restore the removed accounts.",
    ],
    "resolution_tips": ["Compare the receiver of a refused transfer with the record of the last clean-up."],
}


def thread_words(parent: str) -> list[Json]:
    """What people wrote below the alert that came back, for the post-mortem."""
    said = (
        (190, "U07MIRA0001", "I see it. Same wallets as last week?"),
        (420, "U07JONAS002", "Different ones. But the lock is gone: #1251 dropped it yesterday."),
        (1_380, "U07MIRA0001", "Reverting #1251 now, deploy in ten minutes."),
        (2_340, "U07MIRA0001", "Deployed. No refusal for five minutes."),
    )
    seconds = int(parent.partition(".")[0])
    return [{"type": "message", "user": who, "text": words, "ts": f"{seconds + after}.000100", "thread_ts": parent} for after, who, words in said]


def older_entries() -> dict[str, str]:
    """Path → text of entries that the index and the review tell of beside the demo's own."""
    return dict(_entry(*one) for one in _OLDER)


_Told = tuple[str, str, str, str, Severity, Category, Verdict, str, str, Mapping[str, str]]
_OLDER: tuple[_Told, ...] = (
    (
        "1765271522.448120",
        "KeyError",
        "price_feed",
        "'EUR'",
        "medium",
        "application",
        "fix soon",
        "The price feed sends no EUR rate between midnight and the first trade",
        "Take the last known rate when the feed has none.",
        {"status": "resolved", "resolution": "The last known rate is taken", "resolved_at": "2025-12-15T14:20:00Z"},
    ),
    (
        "1765863127.009310",
        "OutOfMemoryError",
        "snapshot_writer",
        "Java heap space",
        "high",
        "infrastructure",
        "act now",
        "Snapshots of all wallets are built in memory, and the number of wallets has doubled since October",
        "Raise the heap of the ledger to 4 GB.",
        {},
    ),
    (
        "1765790003.771902",
        "ConnectionResetError",
        "webhook_sender",
        "connection reset by peer",
        "low",
        "infrastructure",
        "watch",
        "A partner's server closes idle connections after 30 seconds",
        "Nothing: the webhook is sent again.",
        {},
    ),
)


def _entry(*told: Any) -> tuple[str, str]:
    ts, error, culprit, message, severity, category, verdict, cause, fix, settings = told
    posted = Permalink("acme.slack.com", CHANNEL, ts)
    service = {"price_feed": "pricing", "snapshot_writer": "ledger", "webhook_sender": "webhooks"}[culprit]
    alert = Alert(posted, posted.time, "prod", f"{error}: {message}", error_type=error, culprit=culprit, message=message, service=service)
    diagnosis = Diagnosis(
        diagnoser="rules",
        verdict=verdict,
        summary=cause,
        category=category,
        bug_class="unknown",
        assessment=Assessment(severity, "as the team judged it", "", ""),
        root_cause=RootCause(known=True, statement=cause, confidence="medium"),
        history=HistoricalContext("new"),
        immediate_fix=fix,
    )
    entry = new_entry(signatures.of(alert), Occurrence(posted, posted.time, "prod", service, None, (), diagnosis))
    entry = amended(entry, {"reviewed_at": "2025-12-16T09:00:00Z", "reviewed_by": ("Jonas Lind",), **settings})
    return path_of(entry.meta.signature), render(entry)


REVIEWED = {
    "- **Why it happens:**": "After a restart the node scans the blocks that it missed, and does not answer meanwhile. (high confidence)",
    "- **What to do:**": "Wait until the node is at the tip; its dashboard shows the height. Nothing is lost: wallets are synced later.",
}
"""What a reviewer writes into the summary of an entry: how a line begins, and what it says then."""
