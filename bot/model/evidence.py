"""What was seen, and what could not be."""

from datetime import datetime
from typing import Literal

from bot.model.record import Number, Record


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
    line: Number
    function: str
    first_line: Number
    snippet: str
    permalink: str | None = None
    owners: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


Relation = Literal[
    "changed the failing lines",
    "changed the failing function",
    "changed the failing file",
    "changed a file of the trace",
    "changed what the failing code uses",
    "changed a place that was looked up",
    "brought the failing code",
]


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
    relation: Relation
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
    followed: Number = 0
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
    counts: tuple[tuple[str, Number], ...] = ()


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
