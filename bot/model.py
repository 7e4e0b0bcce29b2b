"""The nouns of the house: frozen records that travel from the Slack link to the published entry.

One file, longer than the others, because it is the vocabulary: read it once from top to bottom, in the order in which an alert
meets the words. Every record converts to and from JSON by `msgspec`, refuses unknown fields, and holds text exactly as it was given.
Times are aware and in UTC. Slack's `ts` is an identifier and stays a string.
"""

from datetime import UTC, date, datetime
from typing import Literal

import msgspec

Category = Literal["deployment", "database", "application", "infrastructure", "unknown"]
Severity = Literal["critical", "high", "medium", "low"]
Status = Literal["proposed", "diagnosed", "resolved", "regressed", "withdrawn"]
Verdict = Literal["act now", "fix soon", "watch", "no action", "unclear"]
Confidence = Literal["high", "medium", "low", "none"]
Recurrence = Literal["new", "recurring", "regression", "new variant"]
BugClass = Literal[
    "race condition",
    "missing value",
    "resource leak",
    "resource exhaustion",
    "logic error",
    "invalid input",
    "configuration",
    "dependency",
    "timeout",
    "external service",
    "permission",
    "unknown",
]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every noun: immutable, strict when read back."""


class Permalink(Record, frozen=True):
    """Where a Slack message is. `ts` names the message, `thread_ts` its parent when the message is a reply.

    An alert that came without a message has a place too (`core/alert/place.py`): its host is `alert:<vendor>`, and its url no link.
    """

    host: str
    channel: str
    ts: str
    thread_ts: str | None = None

    @property
    def url(self) -> str:
        """The canonical link a person can open; the name of its place where there is no message."""
        if not self.in_chat:
            return f"{self.host}/{self.channel}/p{self.ts.replace('.', '')}"
        base = f"https://{self.host}/archives/{self.channel}/p{self.ts.replace('.', '')}"
        return f"{base}?thread_ts={self.thread_ts}&cid={self.channel}" if self.thread_ts else base

    @property
    def in_chat(self) -> bool:
        """Whether there is a message, whose thread can be answered."""
        return not self.host.startswith("alert:")

    @property
    def parent_ts(self) -> str:
        """The ts a reply must be threaded under: never a reply's own ts (Slack discourages it)."""
        return self.thread_ts or self.ts

    @property
    def time(self) -> datetime:
        """When the message was posted, to the microsecond."""
        seconds, micros = self.ts.split(".")
        return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micros))


class Message(Record, frozen=True):
    """A chat message as posted: its text collected from text, blocks, attachments and files, tokens decoded, links apart."""

    permalink: Permalink
    text: str
    links: tuple[str, ...] = ()


class Frame(Record, frozen=True):
    """One line of a stack trace. The tuple that holds frames has the failing frame LAST, as Python prints it."""

    function: str
    file: str | None = None
    line: int | None = None
    module: str | None = None
    in_app: bool = True


class Alert(Record, frozen=True):
    """One error of one message: what it says of itself, nothing concluded."""

    permalink: Permalink
    time: datetime
    environment: str
    text: str
    log_links: tuple[str, ...] = ()
    error_type: str | None = None
    culprit: str | None = None
    message: str | None = None
    key_terms: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    service: str | None = None
    release: str | None = None
    trace_ids: tuple[str, ...] = ()


class Signature(Record, frozen=True):
    """The name of an error. `fingerprint` is the whole digest behind the short name; `version` that of the algorithm.

    `earlier` is what older algorithms called it, fingerprint and name in turn, so that entries of that time are found.
    """

    name: str
    fingerprint: str
    culprit: str
    error_type: str
    message: str
    frames: tuple[str, ...] = ()
    version: int = 1
    earlier: tuple[str, ...] = ()


class LogEvent(Record, frozen=True, tag="log"):
    """One line of a log, wherever it was kept. `place` is a link or `file:line` a person can open."""

    time: datetime
    message: str
    place: str
    level: str = ""
    service: str = ""
    error_type: str | None = None
    stack: str = ""
    trace_id: str | None = None
    release: str | None = None
    user: str | None = None
    tenant: str | None = None
    span_id: str | None = None
    parent_span_id: str | None = None


class CodePlace(Record, frozen=True, tag="code"):
    """A line of code at a commit, with the enclosing lines (`snippet` begins at `first_line`).

    `owners` are GitHub handles without `@` (`acme/transfers`, `mira`), from the configuration, CODEOWNERS or blame. `authors` are
    the names of people who wrote most of the function, or its last authors, where blame gives no handle: to be shown, never to be mentioned.
    """

    repository: str
    commit: str
    path: str
    line: int
    function: str
    first_line: int
    snippet: str
    permalink: str | None = None
    owners: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


class Commit(Record, frozen=True, tag="commit"):
    """A change to the failing code. `removed` and `added` are its lines in `path`, as they stand in the diff.

    `reasons` say why it is suspected, the strongest first; commits stand in a case in the order of suspicion. `login` is the
    author's GitHub name where the commit itself carries it (a noreply address).
    """

    repository: str
    sha: str
    author: str
    time: datetime
    subject: str
    path: str
    relation: Literal[
        "changed the failing lines",
        "changed the failing function",
        "changed the failing file",
        "changed a file of the trace",
        "changed what the failing code uses",
        "changed a place that was looked up",
    ]
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    permalink: str | None = None
    pull_request: str | None = None
    reasons: tuple[str, ...] = ()
    login: str | None = None
    merge: bool = False
    """Whether it joins branches: `git revert` then needs to be told which parent to keep."""


FixState = Literal[
    "stands",
    "moved",
    "reworded",
    "lost",
    "partly lost",
    "commented out",
    "put back",
    "gone with its function",
    "gone with its file",
    "never there",
    "not deployed",
]


class FixCheck(Record, frozen=True, tag="fix"):
    """Whether the lines of an earlier fix still stand at the commit that was read; if not, which commit undid them.

    `state` says it exactly: "moved" and "reworded" stand; of a fix that only removed lines, "put back" says that they are there again
    (then `missing` holds them); "never there" and "not deployed" say that what ran had never had it, or not yet. `removed_by` is None
    where the history does not show the commit. `moved_to` is a path; `followed` how many lines were looked for. `carried_by` is the
    commit by which the fix came into what ran under another name (a squash, a cherry-pick), or will come into it by a later merge.
    """

    signature: str
    fix: Commit
    stands: bool
    missing: tuple[str, ...] = ()
    removed_by: Commit | None = None
    state: FixState = "stands"
    moved_to: str | None = None
    followed: int = 0
    carried_by: Commit | None = None


class Deploy(Record, frozen=True, tag="deploy"):
    """A version that went live. `commit` is None where nothing says which commit it was built from."""

    service: str
    environment: str
    release: str
    time: datetime
    commit: str | None = None
    permalink: str | None = None


class Trend(Record, frozen=True, tag="trend"):
    """What counts over time tell: `statement` is one sentence, `counts` the numbers it rests on, in the order they are shown."""

    statement: str
    counts: tuple[tuple[str, int], ...] = ()


Detail = LogEvent | CodePlace | Commit | FixCheck | Deploy | Trend
EvidenceKind = Literal["log", "trace", "code", "commit", "fix", "deploy", "history", "query result", "metric", "issue", "knowledge"]


class Evidence(Record, frozen=True):
    """Something that was seen. `id` (`E1`…) is given when the case is closed; `place` is where a person can look;
    `query` says how it was found, `text` is what is quoted from it."""

    kind: EvidenceKind
    source: str
    place: str
    text: str
    id: str = ""
    time: datetime | None = None
    query: str = ""
    detail: Detail | None = None


class Gap(Record, frozen=True):
    """Something that could not be seen: what was wanted, what came back, what to do about it."""

    source: str
    wanted: str
    cause: str
    remedy: str


class Findings(Record, frozen=True):
    """What one source answered: log events, evidence of other kinds, and gaps."""

    events: tuple[LogEvent, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    queries: tuple[str, ...] = ()


class PastFix(Record, frozen=True):
    """What ended an earlier occurrence, as an entry's `resolution` names it; `commit` when it names one."""

    signature: str
    words: str
    commit: str | None = None
    pull_request: str | None = None
    """`#1234`, `!12` or `acme/transfers#1234`, when the resolution names a pull request."""


class Inquiry(Record, frozen=True):
    """What is asked of every source: the alert, the window around it, and the leads found so far.

    Round one has what the alert itself says; later rounds carry only the leads that are new. A source answers from
    the leads it understands and returns empty Findings for the rest.
    """

    alert: Alert
    start: datetime
    end: datetime
    search: bool = True
    """True in round one: look for errors in the window. Later rounds only follow leads."""
    trace_ids: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    release: str | None = None
    service: str | None = None
    category: Category = "unknown"
    """What kind of failure it seems to be, from what is known so far."""
    before: Category | None = None
    """What it seemed to be in the round before; None in round one."""
    past_fixes: tuple[PastFix, ...] = ()
    deploys: tuple[Deploy, ...] = ()
    """Known deploys, the newest first; only sources that read code use them."""
    words: tuple[str, ...] = ()
    """A look-up of its own: every log event of the window that holds all of these words, error or not; only sources of logs answer it.
    With a service, only that service's events. Words are compared, whatever their case, and never read as a query's syntax."""
    helps: tuple[str, ...] = ()
    """Systems that a runbook wants asked whatever the category, by their names in the configuration; `late` are those not asked for in the round before."""
    late: tuple[str, ...] = ()
    skip: tuple[tuple[str, str], ...] = ()
    """Systems that a runbook leaves out, each with the reason."""


class PastEntry(Record, frozen=True):
    """What the knowledge folder says of this error, or of one like it."""

    signature: str
    path: str
    title: str
    status: Status
    severity: Severity
    last_seen: datetime
    occurrences: int
    relation: Literal["same", "alias", "similar"]
    resolution: str = ""
    resolved_at: datetime | None = None
    root_cause: str = ""
    fix: PastFix | None = None
    seen: tuple[datetime, ...] = ()
    """The times of its alerts, oldest first."""


class Search(Record, frozen=True):
    """One question that a source was asked, as it was asked: query, window, how much there was and what was cut off."""

    source: str
    query: str


class Case(Record, frozen=True):
    """Everything a diagnoser may know: alert, evidence, gaps, history, and what was searched. Redacted before it is closed."""

    alert: Alert
    signature: Signature
    start: datetime
    end: datetime
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    history: tuple[PastEntry, ...] = ()
    searches: tuple[Search, ...] = ()


class Citation(Record, frozen=True):
    """A quote that must stand, word for word, in the evidence of that id."""

    evidence: str
    quote: str


class RivalCause(Record, frozen=True):
    """Another cause that the evidence does not rule out, and what would decide."""

    statement: str
    decided_by: str
    citations: tuple[Citation, ...] = ()


class RootCause(Record, frozen=True):
    """Why it failed. `known` is False where the evidence does not carry a cause; `unsettled` then says what would."""

    known: bool
    statement: str
    confidence: Confidence
    five_whys: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    unsettled: tuple[str, ...] = ()
    rivals: tuple[RivalCause, ...] = ()


class Assessment(Record, frozen=True):
    """Severity with its reason, and what it obliges to."""

    severity: Severity
    reason: str
    response_time: str
    escalation: str


class HistoricalContext(Record, frozen=True):
    """What the past says, weighed: `applies` is a sentence, never assumed."""

    recurrence: Recurrence
    last_seen: datetime | None = None
    previous_resolution: str = ""
    applies: str = ""
    reference: str | None = None


class AffectedCode(Record, frozen=True):
    """A place in the code that the diagnosis names."""

    path: str
    line: int
    function: str
    issue: str
    permalink: str | None = None


class Prevention(Record, frozen=True):
    """What would have caught it: a test, a check in CI, an alert."""

    test: str = ""
    check: str = ""
    alert: str = ""


class WantedQuery(Record, frozen=True):
    """A database query a person must approve before it runs; `sql` is exactly what would run."""

    sql: str
    purpose: str
    expected_rows: str


class RuleMatch(Record, frozen=True):
    """A rule that holds for a case, and the words of the evidence by which it does. The first of several made the diagnosis."""

    rule: str
    reason: str
    citations: tuple[Citation, ...] = ()


class Spend(Record, frozen=True):
    """What a model cost: tokens as the vendor bills them, US dollars by the configured prices, seconds of the clock.

    `saved` is what the cached tokens would have cost more, had they not been cached.
    """

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    dollars: float = 0
    saved: float = 0
    seconds: float = 0
    day: date | None = None
    """The day, in UTC, on which it was spent."""
    note: str = ""
    """What a reader must know of it: that the day's ceiling could not be held."""


class Verified(Record, frozen=True):
    """What was held against the evidence: how many claims stand, and a line for each that was taken out or marked.

    `confidence` says in words from what the confidence was computed.
    """

    claims: int = 0
    unfounded: tuple[str, ...] = ()
    confidence: str = ""


class Hint(Record, frozen=True):
    """What a person said before a diagnosis was made again; `by` is a login."""

    by: str
    text: str


class Recalled(Record, frozen=True):
    """What was weighed before anything was diagnosed: whether a reviewed entry answers the alert at once, and every reason in a sentence.

    From a proposal directory it is a claim: the job that may write weighs the entry of the default branch once more.
    """

    signature: str
    fits: bool
    reasons: tuple[str, ...] = ()
    reviewed_by: tuple[str, ...] = ()
    reviewed_at: datetime | None = None


class Diagnosis(Record, frozen=True):
    """The report. Every diagnoser fills the same fields; the schema is the contract."""

    diagnoser: str
    verdict: Verdict
    summary: str
    category: Category
    bug_class: BugClass
    assessment: Assessment
    root_cause: RootCause
    history: HistoricalContext
    blast_radius: str = ""
    affected_code: tuple[AffectedCode, ...] = ()
    immediate_fix: str = ""
    long_term_fix: str = ""
    verification: str = ""
    prevention: Prevention = Prevention()
    next_steps: tuple[str, ...] = ()
    resolution_tips: tuple[str, ...] = ()
    wanted_queries: tuple[WantedQuery, ...] = ()
    rules: tuple[RuleMatch, ...] = ()
    verified: Verified = Verified()
    spend: Spend | None = None
    fallback: str = ""
    """Why the rules stood in for the model, as a sentence; empty when nothing stood in."""
    recalled: Recalled | None = None
    """Whether the entry of this error answered at once; None where there is no entry, or a diagnosis was asked for."""
    hints: tuple[Hint, ...] = ()
    """What people said before this diagnosis was made again; empty for the first one."""


class Occurrence(Record, frozen=True):
    """One time that the error happened, as an entry records it. Its identity is the alert's channel and ts."""

    permalink: Permalink
    time: datetime
    environment: str
    service: str | None
    release: str | None
    trace_ids: tuple[str, ...]
    diagnosis: Diagnosis
    owners: tuple[str, ...] = ()
    """GitHub handles of the failing code's owners, without `@`."""
    commits: tuple[Commit, ...] = ()
    """The commits that the evidence holds: where the diagnosis names one, the entry leads to it."""
    runbooks: tuple[str, ...] = ()
    """Paths of the runbooks that were chosen by their scope: where the diagnosis names one, the entry leads to it."""


class File(Record, frozen=True):
    """A file to commit. `path` is relative to the repository, computed in code, never taken from outside text."""

    path: str
    text: str


class Revision(Record, frozen=True):
    """A generated change to a file of the default branch: `before` is the text it was made from, None for a new file."""

    path: str
    before: str | None
    after: str


class Proposal(Record, frozen=True):
    """A pull request before it is one.

    `content` is the digest by which a closed request is remembered as a "no"; `case` that by which a run sees that an earlier
    one came to its end.
    """

    branch: str
    files: tuple[File, ...]
    commit_message: str
    title: str
    body: str
    content: str
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    case: str = ""
    spend: str = ""
    """Hidden marks of what the diagnosis cost (`spend_marks.mark`) and could not see (`gap_marks.mark`); empty where there was neither."""


class PullRequest(Record, frozen=True):
    """A pull request as the forge knows it."""

    number: int
    url: str
    title: str
    state: Literal["open", "merged", "closed"]


class Standing(Record, frozen=True):
    """How a branch stands before a proposal: the open request if there is one, what was declined, the file as it is there.

    `head` is the commit to build on (of the branch if its request is open, else of the default branch);
    `text` is the entry there, None when there is none; `codeowners` the CODEOWNERS file of the default branch;
    `left_behind` is the head of a branch whose request is finished, to be replaced by a new branch from `head`;
    `described` names the cases that the open request tells of: a run that crashed after its commit is not among them.
    `body` is the whole description of the open request, empty where there is none.
    """

    branch: str
    head: str
    open: PullRequest | None = None
    branch_exists: bool = False
    left_behind: str | None = None
    text: str | None = None
    declined: tuple[str, ...] = ()
    codeowners: str = ""
    described: tuple[str, ...] = ()
    body: str = ""


class MergedEntry(Record, frozen=True):
    """An entry that a push to the default branch added or changed.

    `approved_by` names those who approved its pull request, else the person who merged it, never a bot; `merged_at` is aware, None for a
    direct push.
    """

    path: str
    before: str | None
    after: str
    pull_request: str | None = None
    approved_by: tuple[str, ...] = ()
    merged_at: datetime | None = None


class Reply(Record, frozen=True):
    """An answer for a thread. `text` is the notification line; `blocks` Block Kit as JSON; `marker` makes it findable."""

    text: str
    blocks: tuple[dict[str, object], ...]
    marker: str


class IssueDraft(Record, frozen=True):
    """A tracking issue before it is one; `marker` stands in the body, hidden, so that it is found again.

    `owners` are people as the entry names them (`@mira`, `@acme/transfers`): the tracker assigns those that it knows. `links` are names and
    addresses of what the work belongs to, for trackers that keep links apart from the body.
    """

    title: str
    body: str
    marker: str
    labels: tuple[str, ...] = ()
    severity: Severity = "medium"
    owners: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


class TrackingIssue(Record, frozen=True):
    """A tracking issue as the tracker knows it. `declined` says that it was closed without being done: as not planned, or as a duplicate."""

    reference: str
    url: str
    open: bool
    declined: bool = False


class Checkup(Record, frozen=True):
    """One prerequisite that doctor looked at: what was seen, and the remedy when it does not hold."""

    name: str
    ok: bool
    saw: str
    remedy: str = ""
