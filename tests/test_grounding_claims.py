"""What counts as a claim in a sentence, what is advice, and what the case has to say for it to stand."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.core.grounding.case import Known
from bot.core.grounding.claims import Tone, claims
from bot.model import Alert, Case, Commit, Deploy, Evidence, Frame, LogEvent, PastEntry, Trend
from tests.fakes import transfer_case
from tests.fakes.transfer_case import NAME, THREAD, TIME

ALERT = Alert(
    *(THREAD, TIME, "prod", "prod: ValidationError\nCount: 4 in 5 minutes\nService: transfers"),
    frames=(Frame("handle_transfer", "transfers/api.py", 37),),
    trace_ids=("4bf92f3577b34da6a3ce929d0e0e4736",),
    service="transfers",
)
LOG = LogEvent(
    *(
        TIME - timedelta(seconds=9),
        "upstream ledger answered 503 after 30s, user_count=312, heap at 91%, order ord_77a1b2 of pod transfers-7f9d-x2k",
        "https://logs.example/E1",
    ),
    user="u1",
)
PAST = PastEntry(
    NAME,
    f"knowledge/errors/{NAME}.md",
    "ValidationError",
    "resolved",
    "high",
    TIME - timedelta(days=5),
    2,
    "same",
    "Row lock, pull request #1234 by Mira Okafor",
)
TREND = Trend("127 errors in ten minutes, 11 customers", (("errors after", 127),))
DEPLOY = Deploy("transfers", "prod", "v4.12.1", TIME - timedelta(minutes=14))
CASE = replace(
    transfer_case.case(),
    alert=ALERT,
    start=TIME - timedelta(minutes=30),
    end=TIME + timedelta(minutes=5),
    evidence=(
        *transfer_case.case().evidence[1:],
        Evidence("log", "opensearch", LOG.place, LOG.message, "E1", LOG.time, detail=LOG),
        Evidence("metric", "trend", "counted", TREND.statement, "E5", detail=TREND),
        Evidence("deploy", "github", "deployments", "transfers v4.12.1 went live", "E6", DEPLOY.time, detail=DEPLOY),
    ),
    history=(PAST,),
    gaps=(),
)
NEW = replace(CASE, history=(), evidence=tuple(one for one in CASE.evidence if one.kind != "fix"))


def missed(sentence: str, tone: Tone = "claim", case: Case = CASE) -> list[str]:
    """The claims of a sentence that the case does not carry."""
    return [claim.text for claim in claims(sentence, Known(case), tone) if not claim.stands]


@pytest.mark.parametrize(
    "sentence",
    [
        "The upstream answered 503 after 30 s.",
        "It waited for 30,000 ms, half a minute.",
        "The heap was at 91 %.",
        "312 users were hit.",
        "It failed 127 times; 11 customers saw it.",
        "Seen 4 times in 5 minutes.",
        "Four of these errors came in 5 minutes.",
        "The deploy of v4.12.1 was 14 minutes before the alert.",
        "It went live a quarter of an hour earlier, at 08:58 UTC.",
        "It began on 2025-12-17 at 09:12:35, a Wednesday.",
        "Since 17 December the lock is missing.",
        "Order ord_77a1b2 ran on transfers-7f9d-x2k.",
        "Commit 9c0ffee0 (pull request #41) took out `with_for_update()`.",
        "It is raised in `reserve_leaves` at transfers/leaves.py:42 (E2), called by handle_transfer() at transfers/api.py:37.",
        'The log says "upstream ledger answered 503 … heap at 91%" (E1).',
        "Earlier it was ended by Mira Okafor with pull request #1234.",
        "This is the third time, and it was seen 2 times before.",
        "Two transfers read the same leaf, and neither of them waits.",
        "The second of the two writers over HTTP/2 wins, in UTF-8 or not; its p99 is not known.",
        "Step 1: the leaf is read.",
        "The request of trace 4bf92f3577b34da6a3ce929d0e0e4736 shows it.",
        "Postgres refuses it, and Spring Boot gives up.",
        "1 of them is enough, and 0 are left.",
        "Es betraf 312 Benutzer.",
        "影響を受けたのは312人です。",
        "",
        "…",
    ],
)
def test_what_the_case_says_stands(sentence: str) -> None:
    """In its own units, rounded, counted or subtracted; and what explains how it works claims nothing."""
    assert missed(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("The upstream answered 502.", "502"),
        ("It waited for 45 s.", "45 s"),
        ("It waited for 50 minutes.", "50 minutes"),
        ("The heap was at 93%.", "93%"),
        ("127 customers were hit.", "127 customers"),
        ("About 5,000 users were hit.", "5,000 users"),
        ("Millions of customers were hit.", "Millions of customers"),
        ("All customers are affected.", "All customers"),
        ("It failed twelve times.", "twelve times"),
        ("It cost $412.", "$412"),
        ("The deploy of v4.13.0 did it.", "v4.13.0"),
        ("The deploy was 3 hours before the alert.", "3 hours"),
        ("It began at 03:15 UTC.", "03:15"),
        ("It began on 2025-11-02.", "2025-11-02"),
        ("It began on Friday.", "Friday"),
        ("It began at 4 pm.", "16:00"),
        ("Order ord_123456 failed.", "ord_123456"),
        ("It ran on transfers-0aaa-zzz.", "transfers-0aaa-zzz"),
        ("Commit abc1234 did it.", "abc1234"),
        ("PR 999 did it.", "999"),
        ("See INC-4711.", "INC-4711"),
        ("It is raised in retry_forever().", "retry_forever()"),
        ("It is raised in `LeafStore.drain_all`.", "LeafStore.drain_all"),
        ("It is raised at transfers/leaves.py:420.", "transfers/leaves.py:420"),
        ("It is set in transfers/settings.py.", "transfers/settings.py"),
        ("It is on line 420.", "line 420"),
        ('The log says "disk of the primary is full".', "disk of the primary is full"),
        ("It is shown by E12.", "E12"),
        ("Greta Lindqvist removed it.", "Greta Lindqvist"),
        ("It was removed by Ödön Kovács.", "Ödön Kovács"),
        ("It belongs to @mallory.", "@mallory"),
        ("It was written by greta@acme.example.", "greta@acme.example"),
        ("This is the fifth time.", "fifth time"),
        ("It is the first time that it happens.", "the first time"),
        ("Es betraf 9312 Benutzer.", "9312 Benutzer"),
        ("影響を受けたのは9312人です。", "9312"),
        ("It hit ４５１２ customers.", "４５１２ customers"),
    ],
)
def test_what_it_does_not_say_is_told(sentence: str, claim: str) -> None:
    """One claim of each kind, made up."""
    assert missed(sentence) == [claim]


@pytest.mark.parametrize(
    "sentence", ["It happened before.", "This is a regression.", "It fails again.", "It was previously fixed.", "It is a known issue.", "The third time."]
)
def test_a_recurrence_comes_from_an_entry(sentence: str) -> None:
    """With an entry it stands, without one it does not; to deny it is free where there is none."""
    assert missed(sentence) == []
    assert missed(sentence, case=NEW)


@pytest.mark.parametrize(
    "sentence", ["It was not seen before.", "No earlier occurrence is known.", "Whether it happened before is not known.", "It is not a regression."]
)
def test_that_nothing_is_known_may_be_said(sentence: str) -> None:
    """Of an error without an entry."""
    assert missed(sentence, case=NEW) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Retry 3 times with 500 ms between.",
        "Alert when it fails more than 20 times within 5 minutes.",
        "Raise the pool to 60 connections, and the timeout to 45 s.",
        "Add a test in tests/test_leaves.py that calls `reserve_twice()`.",
        "It should take less than 200 ms.",
        "After 15 minutes without it, close the alert.",
        "Use `SELECT 1` with `pool_recycle=1800`.",
        "No event for at least 24 hours after the deployment.",
        "Annotate it with @Transactional and @retry.",
    ],
)
def test_advice_claims_nothing(sentence: str) -> None:
    """Numbers and names of what is to be done are no statements of what was."""
    assert missed(sentence, "advice") in ([], ["@retry"])


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("Raise the pool, because it was exhausted 5,120 times.", "5,120 times"),
        ("Revert abc1234 first.", "abc1234"),
        ("Ask Greta why.", "Greta"),
        ("Tell @mallory.", "@mallory"),
        ("Look at transfers/leaves.py:420.", "transfers/leaves.py:420"),
        ("As E77 shows, take it out.", "E77"),
        ("See pull request #999.", "#999"),
    ],
)
def test_advice_may_hold_claims(sentence: str, claim: str) -> None:
    """A clause that tells what was seen; commits, requests, people, evidence and lines that a reader would look for."""
    assert missed(sentence, "advice") == [claim]


def test_numbers_of_old_entries_are_not_todays() -> None:
    """What a runbook says of a number counts where the sentence speaks of the past, and nowhere else."""
    told = Evidence("knowledge", "knowledge", "runbook.md", "The pool of 8,123 connections is too small; 6,500 customers are hit.", "E9")
    case = replace(CASE, evidence=(*CASE.evidence, told))
    assert missed("6,500 customers are hit.", case=case) == ["6,500 customers"]
    assert missed("The entry speaks of 6,500 customers.", case=case) == []


STACK = LogEvent(
    *(TIME, 'ValueError: bad amount\n  File "/app/imports/run.py", line 88, in run', "logs/imports.ndjson:3"),
    service="imports",
    trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
    level="ERROR",
)
POD = "payments-db of 10.2.14.9:8080: OOMKilled, exit code 137, limits memory 768Mi, other tenants: 0; amount '1.204,50'"
WIDER = replace(
    CASE,
    evidence=(
        *CASE.evidence,
        Evidence("log", "files", STACK.place, f"{STACK.message}\n2 times from 09:09:10 to 09:12:43", "E7", TIME, detail=STACK),
        Evidence("query result", "kubernetes", "namespace shop", POD, "E8"),
        Evidence("log", "files", "logs/x:1", "x", "E9", detail=replace(STACK, time=TIME - timedelta(milliseconds=22), level="INFO", message="begins")),
        Evidence("code", "code", "x", ">    77     return total\n     78 }", "E10"),
    ),
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Its limit of 768 MB, that is 0.75 GiB, was exceeded.",
        "It ended with 137 (128 + 9).",
        "Nothing listens on port 8080.",
        "It is raised at run.py:88, line 88.",
        "It took 22 ms, and it came again and again for about 210 seconds.",
        "No other tenants are hit.",
        "The text should be `1204.50`.",
        "Seen in the window (PR 41) by `git show 9c0ffee0`.",
        "It is a read-only database and a long-running job of a third-party service.",
        "The payments-db database was killed for memory; its memory usage rose.",
        "It came within 25 ms.",
    ],
)
def test_what_a_reader_works_out_stands(sentence: str) -> None:
    """Units of two kinds, sums, ports, lines of a stack trace, times between the steps of a trace, plain compounds of English."""
    assert missed(sentence, case=WIDER) == []


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("The limit is 1Gi.", "1Gi"),
        ("The regression came with transfers 4.13.0.", "4.13.0"),
        ("Thirteen restarts were seen.", "Thirteen restarts"),
        ("It restarted twenty-five times.", "twenty-five times"),
        ("Forty-three mails went out twice.", "forty-three"),
        ("Betroffen sind zwölf Kunden.", "zwölf Kunden"),
        ("Il y a eu onze erreurs.", "onze erreurs"),
        ("Half of all transfers failed.", "Half of all transfers"),
        ("The latency doubled.", "latency doubled"),
        ("Traffic of the shop tripled.", "Traffic of the shop tripled"),
        ("The payout-worker service fails as well.", "payout-worker"),
        ("Tenant acme-eu is hit.", "acme-eu"),
        ("MAX_LEAF_RETRIES is too low.", "MAX_LEAF_RETRIES"),
        ("A LedgerException came first.", "LedgerException"),
        ("It waited for a 45-second timeout.", "45-second"),
        ("The number is 77.", "77"),
        ("Notify <!channel> now.", "<!channel>"),
        ("It took 7.5 seconds.", "7.5 seconds"),
    ],
)
def test_what_only_sounds_known_is_told(sentence: str, claim: str) -> None:
    """Versions without a v, numbers in words and other languages, parts of a system and measurements that nobody saw, numbers of a margin."""
    assert missed(sentence, case=WIDER) == [claim]


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("Commit abcdef12 by Priya Raman took the lock out.", False),
        ("Priya removed the lock in abcdef12.", False),
        ("Jonas Lind's commit abcdef12 took the lock out.", True),
        ("Jonas removed the lock in abcdef12.", True),
    ],
)
def test_a_commit_is_its_authors(sentence: str, wrong: bool) -> None:
    """Both may be known, and still not belong together."""
    made = [
        Commit("transfers", f"{sha}00", name, TIME, "perf: lock", "transfers/leaves.py", "changed the failing file")
        for sha, name in (("abcdef12", "Priya Raman"), ("12abcdef", "Jonas Lind"))
    ]
    case = replace(CASE, evidence=tuple(Evidence("commit", "code", "x", one.subject, f"E{n}", detail=one) for n, one in enumerate(made)))
    assert bool(missed(sentence, case=case)) == wrong


def test_who_is_to_be_talked_to_must_be_there() -> None:
    """Also when a clause tells what they did."""
    assert missed("Talk to Carlos Mendes, who removed the lock.", "advice") == ["Carlos Mendes"]
