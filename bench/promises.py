"""Every figure that is promised: which command measures it, what it is held against, and how that was measured. Values and bars come from the runs."""

from typing import Literal, NamedTuple


class Promise(NamedTuple):
    """One command and the names of the figures that it prints, in their order."""

    name: str
    title: str
    module: str
    figures: tuple[str, ...]
    beside: str
    """How the baseline was measured, or why there is none."""
    arguments: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    """Arguments of a small run, instead."""
    needs: Literal["", "outside", "suite"] = ""

    def command(self, outside: str = "DIR", *, quick: bool = False) -> tuple[str, ...]:
        """What follows `python -m`; `DIR` stands for the folder with data of others."""
        return (self.module, *(word.replace("DIR", outside, 1) for word in (self.quick if quick and self.quick else self.arguments)))


def _tiers(word: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{name}: {word}" for name in names)


def _file(name: str, grep: str) -> tuple[str, ...]:
    speeds = (f"{name}: speed against {grep} for {question}" for question in ("the trace", "window and trace"))
    return (*speeds, f"{name}: searches that missed a line", f"{name}: resident")


PROMISES = (
    Promise(
        "bot",
        "The bot",
        "bench.bot",
        (
            "`bot --help`, time",
            "`bot --help`, memory",
            "diagnosis by rules of the demo's alert, the whole process",
            "diagnosis by rules of the demo's alert, memory",
            "publishing in the demo's knowledge base, the whole process",
        ),
        "The quickest of seven processes, by the clock, from start to end with the git commands that they run; beside it the processor's time.",
    ),
    Promise(
        "calls",
        "Calls for one alert",
        "bench.calls",
        (
            "calls to OpenSearch",
            "calls to Slack, reading and answering",
            "calls to GitHub for the pull request",
            "calls to GitHub for publishing",
        ),
        "Counted by servers on loopback, from the link to the answer in its thread.",
    ),
    Promise(
        "evidence",
        "From thousands of lines to a page",
        "bench.evidence",
        (
            "a window of 6,000 lines becomes a page, time of the processor",
            "raw JSON of a trace of 1,000 lines against its page",
            "errors of that trace that the page does not tell",
            "log templates, time of the processor",
        ),
        "The baseline of the page is the raw JSON of the same lines.",
    ),
    Promise(
        "large-logs",
        "Large log files",
        "bench.large_logs",
        (*_file("in the order of time", "grep"), *_file("gzip", "zgrep"), *_file("in no order", "grep")),
        "`grep -c -F` and `zgrep -c -F` with `LC_ALL=C` on the same file, each round beside ours. Where lines are in order the bar is against the trace "
        "alone; in no order every byte has to be looked at for window and trace, so it is against both.",
        arguments=("--megabytes", "1000"),
        quick=("--megabytes", "200"),
    ),
    Promise(
        "redaction",
        "Redaction",
        "bench.redaction",
        (
            *_tiers("removed", "tokens with a prefix", "headers and cookies", "values under a key", "connection strings"),
            *_tiers("removed", "private keys, whole and cut", "personal data"),
            "identifiers that must stay: altered",
            "log lines without a secret: altered",
            "speed of one process",
            "speed of one process, line by line",
            "speed of two processes side by side",
            "1 MB without a space, the slowest",
        ),
        "Made-up secrets in made-up logs; the speed is of the processor. Beside an expression that one writes first: see data of others, below.",
    ),
    Promise(
        "grounding",
        "Grounding",
        "bench.grounding",
        ("false claims caught", "true claims kept", "time of a diagnosis, median", "the slowest"),
        "Made-up diagnoses with planted false claims; whoever checks nothing catches none and keeps all. Time of the processor.",
        quick=("--count", "40"),
    ),
    Promise(
        "evaluation",
        "Replay evaluation, by rules",
        "bench.evaluation",
        (
            "cases",
            "right, where the evidence has the cause",
            "unknown, where it has none",
            "confidently wrong",
            "runs that broke off",
            "time of all, side by side",
        ),
        "Whoever always says that the cause is unknown is right in none that has one, and in all that have none.",
    ),
    Promise(
        "histories",
        "Suspects",
        "bench.histories",
        ("planted commit is the first suspect", "planted commit is among the first three", "histories with a planted commit"),
        "Beside it, on the same repositories: the last commit that touched the failing file, as `git log -1` names it.",
        quick=("--count", "18"),
    ),
    Promise(
        "regressions",
        "Whether an earlier fix still stands",
        "bench.regressions",
        ("verdicts on an earlier fix that are right", "worded exactly, with the commit that carries it", "made-up histories", "one proof, median"),
        "Beside it: to look for the fix's commit in the history and to say that it stands.",
        quick=("--rounds", "1"),
    ),
    Promise(
        "large-repository",
        "A large repository",
        "bench.large_repository",
        ("first diagnosis in a large repository", "second diagnosis in a large repository", "pieces of evidence", "memory of the diagnosis"),
        "No baseline: what matters is that a diagnosis need not wait. By the clock, with all git commands, after the first clone.",
        quick=("--files", "2000", "--commits", "3000"),
    ),
    Promise(
        "replay",
        "A storm of alerts",
        "bench.replay",
        (
            "alerts",
            "jobs, and parts of the reading of reactions, that failed in every try",
            "runs that ended with an error, and were started again",
            "entries for that many signatures",
            "open requests of one signature, at most",
            "alerts that no entry holds",
            "alerts that are recorded twice",
            "occurrences counted too many or too few",
            "threads without an answer",
            "threads with two answers",
            "tracking issues opened twice",
            "runs answered at once",
            "runs diagnosed",
            "entries with an answer that failed",
            "merges in which people had to resolve a conflict",
            "calls to Slack",
            "calls to GitHub",
            "the whole replay",
        ),
        "Out of order, a quarter of them twice, eight at a time, with merges and a thumbs-down in between. The baseline is the count of what was sent.",
        quick=("--alerts", "120", "--signatures", "12"),
    ),
    Promise(
        "knowledge-folder",
        "A knowledge folder of 100,000 entries",
        "bench.knowledge_folder",
        (
            "entries read from disk",
            "index built: every front matter read, every page made",
            "pages of the index",
            "largest page",
            "front page",
            "files in the fullest folder of pages",
            "index built again, nothing to change",
            "pages that change then",
            "first build of the search cache",
            "size of the cache",
            "first search of a new process",
            "look-up of a signature, p50",
            "look-up of a signature, p95",
            "signatures found",
            "search by words, p50",
            "search by words, p95",
            "words that find their entry among the first twenty",
            "search by words that stand on most pages, p50",
            "search by words that stand on most pages, p95",
            "what a diagnosis asks of the past, in a new process",
            "entries that it is given",
        ),
        "Ten of the entries are broken. Seconds of the processor; the sizes are held against what GitHub shows.",
        quick=("--entries", "6000"),
    ),
    Promise(
        "entry-growth",
        "How an entry grows",
        "bench.entry_growth",
        (
            "size of an entry with many occurrences",
            "alerts that the entry no longer knows",
            "what was written is not what is read",
            "the last occurrence, recorded in",
        ),
        "Each diagnosis fills every part with words of its own, about 5 kB: kept whole they would make about five megabytes.",
        quick=("--occurrences", "100"),
    ),
    Promise(
        "outside",
        "On data of others",
        "bench.outside",
        (
            *(f"`rank_evidence`: cases whose telling line is among the first {count}" for count in (20, 50, 100)),
            "log templates of eight systems, GA",
            "log templates of eight systems, FGA",
            "log templates, speed against masked drain3",
            "`trace_keys`: traces whose key another bug has, too (defects4j)",
            "`trace_keys`: keys that stay, the least stable of all changes",
            "`trace_keys`, speed",
            "`message_keys` of eight systems, GA",
            "`message_keys` of eight systems, FGA",
            "`message_keys`, speed",
            *(f"`rank_frames`: traces whose faulty class is among the first {count}" for count in (1, 3, 5)),
            "`sql_allowed`: hostile statements let through",
            "`sql_allowed`: legitimate ones refused",
            *(f"`redact`: secrets removed ({tier})" for tier in ("prefix", "context", "app", "logwrap", "pii, handmade")),
            "`redact`: hard identifiers altered",
            "`redact`: log lines altered",
        ),
        "Their scorers call [our functions](../bench/subjects.py) and, beside them, [what one writes first](../bench/naive.py), on the same rows; templates "
        "are held against drain3 with its usual masks, where it is installed (`pip install drain3`; it is no dependency). The data is not ours to ship.",
        arguments=("DIR",),
        needs="outside",
    ),
    Promise(
        "sql-guard",
        "The SQL guard before a real PostgreSQL",
        "bench.sql_guard",
        (
            "hostile statements let through by the guard",
            "harmless statements refused by the guard",
            "statements that the server answered",
            "the slowest",
            "changes that the server shows",
        ),
        "The same statements as on data of others, as the read-only role; the server's own state before and after is the baseline.",
        arguments=("DIR/sql/dev.jsonl.gz",),
        needs="outside",
    ),
    Promise(
        "injection",
        "Hostile words, through every input to every destination",
        "bench.injection",
        tuple(f"{told}, diagnosed by: {mind}" for told in ("rows alive", "jobs that broke off") for mind in ("rules", "echoing", "obeying")),
        "Three diagnosers: rules, one that says the hostile words in each field, one that does what they say. Alive is what a harmless text would not have "
        "made: a mention, a link, a heading, a command, a file.",
        arguments=("DIR/injection",),
        quick=("DIR/injection", "--rows", "12"),
        needs="outside",
    ),
    Promise(
        "suite",
        "The tests",
        "bench.bot",
        ("unit tests", "`make test`, everything"),
        "By the clock, on two cores.",
        arguments=("--suite",),
        needs="suite",
    ),
)
