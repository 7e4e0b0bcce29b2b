"""What the texts, records, links and places of a case bring into its two indexes: what was seen today, and what is known of the past."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.core.grounding.case import Known, commits_of, links_of, words
from bot.model import (
    Alert,
    Case,
    CodePlace,
    Commit,
    Deploy,
    Evidence,
    FixCheck,
    Frame,
    Gap,
    LogEvent,
    PastEntry,
    PastFix,
    Permalink,
    Search,
    Signature,
    Trend,
)
from tests.fakes.transfer_case import TIME

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALERT = Alert(Permalink("a.slack.com", "C1", "1765962764.835579"), TIME, "prod", "the pool is empty")
CASE = Case(ALERT, Signature("n", "f", "", "", ""), TIME, TIME)
COMMIT = Commit(
    *("repo", "abcdef12", "Mira Okafor", TIME - DAY, "subject", "app/a.py", "changed the failing lines"),
    removed=("removed one", "removed two"),
    added=("added one", "added two"),
    permalink="https://x.example/c",
    pull_request="https://x.example/p",
    reasons=("reason one", "reason two"),
    login="mira",
)
BARE = replace(COMMIT, login=None, permalink=None, pull_request=None)
COMMITTED = [
    "repo abcdef12 Mira Okafor mira app/a.py https://x.example/c https://x.example/p",
    *("subject", "removed one\nremoved two", "added one\nadded two", "reason one; reason two"),
]
PLACE = CodePlace("repo", "abcdef12", "app/a.py", 12, "reserve", 10, "line ten\nline eleven", "https://x.example/l", ("acme/a", "mira"), ("Mia", "Leo"))
EVENT = LogEvent(TIME, "message", "logs/a:1", "ERROR", "service", "Type", "stack", "trace", "release", "user", "tenant", "span")
DEPLOY = Deploy("service", "prod", "v4", TIME - DAY, "abcdef12", "https://x.example/d")


def seen(detail: object, kind: str = "log", text: str = "text", number: int = 1) -> Evidence:
    """A piece of evidence with that detail."""
    return Evidence(kind, "source", f"place{number}", text, f"E{number}", None, "query", detail)  # type: ignore[arg-type] # any kind, any detail


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (None, []),
        (EVENT, ["message", "stack", "ERROR service Type trace span release user tenant"]),
        (LogEvent(TIME, "a text beyond", "x"), ["a text beyond", ""]),
        (LogEvent(TIME, "tex", "x", stack="ext"), [""]),
        (PLACE, ["line ten\nline eleven", "repo abcdef12 app/a.py app/a.py:12 reserve\nacme/a mira Mia Leo"]),
        (replace(PLACE, snippet="tex"), ["repo abcdef12 app/a.py app/a.py:12 reserve\nacme/a mira Mia Leo"]),
        (DEPLOY, ["service prod v4 abcdef12 https://x.example/d"]),
        (replace(DEPLOY, commit=None), ["service prod v4 https://x.example/d"]),
        (Trend("it rose", (("errors after", 7), ("users", 3))), ["it rose\n7 errors after\n3 users"]),
        (COMMIT, COMMITTED),
        (BARE, ["repo abcdef12 Mira Okafor  app/a.py  ", *COMMITTED[1:]]),
        (FixCheck("name", COMMIT, stands=True, missing=("one", "two"), moved_to="b.py"), ["one\ntwo\nname\nb.py", *COMMITTED]),
        (FixCheck("name", BARE, stands=False, removed_by=COMMIT, carried_by=COMMIT), ["name\n", "repo abcdef12 Mira Okafor  app/a.py  ", *COMMITTED[1:],
        *COMMITTED * 2]),
    ],
)  # fmt: skip
def test_everything_of_a_piece_of_evidence_may_be_quoted(detail: object, said: list[str]) -> None:
    """Its text, its place, and every field of its detail that the text does not hold yet, apart from each other."""
    assert list(words(seen(detail))) == ["text", "place1 source\nquery", *said]


def test_a_proof_speaks_of_each_of_its_commits() -> None:
    """The fix, what removed it, and what carried it; a commit of itself; anything else of none."""
    removed, carried = replace(COMMIT, sha="1"), replace(COMMIT, sha="2")
    for check, commits in (
        (FixCheck("n", COMMIT, stands=True), (COMMIT,)),
        (FixCheck("n", COMMIT, stands=True, removed_by=removed), (COMMIT, removed)),
        (FixCheck("n", COMMIT, stands=True, carried_by=carried), (COMMIT, carried)),
        (FixCheck("n", COMMIT, stands=True, removed_by=removed, carried_by=carried), (COMMIT, removed, carried)),
    ):
        assert commits_of(seen(check)) == commits
        assert Known(replace(CASE, evidence=(seen(check), seen(COMMIT)))).commits == (*commits, COMMIT)
    assert [commits_of(seen(detail)) for detail in (COMMIT, EVENT, None)] == [(COMMIT,), (), ()]


def test_everything_that_an_alert_says_was_seen_today() -> None:
    """Each of its fields, its name, what was searched and what could not be seen, as words of their own."""
    alert = Alert(
        *(Permalink("a.slack.com", "C1", "1765962764.835579"), TIME, "prod", "text"),
        log_links=("link1", "link2"), error_type="type", culprit="culprit", message="message", key_terms=("term1", "term2"),
        frames=(Frame("function", "file.py", 7, "module"), Frame("bare")), service="service", release="release", trace_ids=("trace1", "trace2"),
    )  # fmt: skip
    case = Case(
        *(alert, Signature("name", "print", "x", "y", "shape", ("frame1", "frame2")), TIME, TIME),
        evidence=(seen(None),),
        searches=(Search("source1", "query1"), Search("source2", "query2")),
        gaps=(Gap("gap1", "wanted1", "cause1", "remedy1"), Gap("gap2", "wanted2", "cause2", "remedy2")),
    )
    assert Known(case).today.folded == (
        "text type: message https://a.slack.com/archives/c1/p1765962764835579 link1 link2 trace1 trace2 term1 term2 "
        "type culprit service release prod c1 1765962764.835579 function module file.py file.py:7 bare : name shape frame1 frame2 "
        "source1 query1 source2 query2 gap1 wanted1 cause1 remedy1 gap2 wanted2 cause2 remedy2 text place1 source query this morning"
    )
    bare = Known(Case(replace(ALERT, environment=""), Signature("name", "print", "x", "y", ""), TIME - 9 * DAY, TIME)).today.folded
    assert bare == ("the pool is empty : https://a.slack.com/archives/c1/p1765962764835579 c1 1765962764.835579 name this morning last week")


PAST = PastEntry(
    *("name", "path.md", "title", "resolved", "high", TIME - 9 * DAY, 4, "same", "resolution", TIME - 8 * DAY, "cause"),
    fix=PastFix("name", "words", "abcdef99", "https://x.example/q"), seen=(TIME - 7 * DAY, TIME - 6 * DAY),
)  # fmt: skip


def test_everything_that_an_entry_says_is_of_the_past() -> None:
    """Its texts, its fix, its times, and how often it was seen, once more than that, and as often as its times tell."""
    known = Known(replace(CASE, history=(PAST, replace(PAST, fix=None)), evidence=(seen(None, "knowledge"),)))
    told = "name path.md title resolved high resolution cause"
    assert known.past.folded == f"{told} words abcdef99 https://x.example/q {told} text place1 source query"
    assert known.past.dates == {(2025, 12, day) for day in (8, 9, 10, 11)}
    assert [n for n in range(9) if known.past.has_number(n, "events", 0)] == [2, 4, 5]
    assert Known(replace(CASE, history=(replace(PAST, seen=(), fix=PastFix("name", "words")),))).past.folded == f"{told} words"
    assert [n for n in range(9) if Known(replace(CASE, history=(replace(PAST, seen=()),))).past.has_number(n, "events", 0)] == [4, 5]


def test_an_earlier_message_tells_its_time_and_its_commits() -> None:
    """As a piece of evidence of the past, and never of today."""
    told = replace(seen(COMMIT, "history"), time=TIME - 3 * DAY)
    known = Known(replace(CASE, evidence=(told,)))
    assert known.past.dates == {(2025, 12, 14), (2025, 12, 16)}
    assert known.today.dates == {(2025, 12, 17)}
    assert known.past.says("reason two")
    assert not known.today.says("reason two")


@pytest.mark.parametrize(
    ("evidence", "day"),
    [
        (seen(replace(EVENT, time=TIME - 2 * DAY)), 15),
        (seen(replace(DEPLOY, time=TIME - 3 * DAY), "deploy"), 14),
        (seen(replace(COMMIT, time=TIME - 4 * DAY), "commit"), 13),
        (seen(FixCheck("n", replace(COMMIT, time=TIME - 5 * DAY), stands=True), "fix"), 12),
        (replace(seen(Trend("x"), "metric"), time=TIME - 6 * DAY), 11),
        (replace(seen(None, "issue"), time=TIME - 7 * DAY), 10),
        (replace(seen(replace(EVENT, time=TIME - 8 * DAY)), time=TIME - 30 * DAY), 9),
    ],
)
def test_a_time_of_evidence_is_known(evidence: Evidence, day: int) -> None:
    """Of a line and a deployment their own; of anything else the time at which it was seen, and those of its commits."""
    case = replace(CASE, evidence=(evidence,))
    assert Known(case).today.dates == {(2025, 12, 17), (2025, 12, day)}
    assert Known(replace(CASE, start=TIME - 20 * DAY, end=TIME + DAY)).today.dates == {(2025, 12, 17), (2025, 11, 27), (2025, 12, 18)}


@pytest.mark.parametrize(
    ("code", "said"),
    [(">  4138 x = 1", False), ("   4138 x = 1", False), (" 4138 x", False), ("a\n>  4138\nb", False), ("a\n  4138", False), ("         4138 x", True),
     ("4138 x", True), ("a  4138 x", True), (">  4138x", True), ("  4138.5", True)],
)  # fmt: skip
def test_the_number_before_a_line_of_code_says_nothing(code: str, said: bool) -> None:
    """With the sign of the failing line or without; any other number of the code is one that it says."""
    assert Known(replace(CASE, evidence=(seen(None, "code", code),))).today.folded.count("4138") == said
    assert Known(replace(CASE, evidence=(seen(None, "log", code),))).today.folded.count("4138") == 1


def spans(case: Case) -> list[int]:
    """The minutes between what a reader puts side by side."""
    known = Known(case).today
    return [minutes for minutes in range(1, 2_000) if known.has_span(minutes * 60_000, 0)]


def test_what_is_a_time_apart() -> None:
    """The first and last line to each other and to the alert; a line between them is no end."""
    lines = tuple(replace(seen(replace(EVENT, time=one, trace_id=None)), time=one) for one in (TIME - 5 * HOUR, TIME - 2 * HOUR, TIME - HOUR))
    assert spans(replace(CASE, evidence=lines)) == [60, 240, 300]
    assert spans(replace(CASE, evidence=(seen(DEPLOY, "deploy"),))) == [1440]
    assert spans(replace(CASE, evidence=tuple(replace(one, kind="history") for one in lines))) == []
    assert spans(replace(CASE, evidence=tuple(replace(one, time=None) for one in lines))) == []
    deploys = tuple(replace(seen(replace(DEPLOY, time=one), "deploy"), time=one) for one in (TIME - 5 * HOUR, TIME - 2 * HOUR))
    assert spans(replace(CASE, evidence=deploys)) == [120, 300], "of each change to the alert, and not of one to another"
    many = tuple(seen(replace(DEPLOY, time=TIME - timedelta(minutes=n)), "deploy") for n in range(1, 203))
    assert spans(replace(CASE, evidence=many)) == list(range(1, 201))


def milliseconds(*steps: tuple[int, str, str], alert: Alert = replace(ALERT, trace_ids=("t", "u"))) -> list[int]:  # noqa: B008 - a record that cannot change
    """Between which steps of a trace the time is known; each with when, its trace and its level."""
    events = tuple(seen(replace(EVENT, time=TIME + timedelta(milliseconds=at), trace_id=trace, level=level)) for at, trace, level in steps)
    known = Known(replace(CASE, alert=alert, evidence=events)).today
    return [n for n in range(2_200) if known.has_span(n, 0)]


def test_the_steps_of_a_trace_are_a_time_apart() -> None:
    """The first, the last and those that fail from every other one, below two seconds; of the alert's traces alone."""
    assert milliseconds((0, "t", ""), (10, "t", ""), (30, "t", ""), (70, "t", "")) == [10, 30, 40, 60, 70]
    for level in ("ERROR", "FATAL"):
        assert milliseconds((0, "t", ""), (10, "t", level), (30, "t", ""), (70, "t", "")) == [10, 20, 30, 40, 60, 70]
    assert milliseconds((70, "t", ""), (0, "u", ""), (30, "v", "")) == [70]
    assert milliseconds((0, "t", ""), (1_999, "t", "")) == [1_999]
    assert milliseconds((0, "t", ""), (2_000, "t", "")) == []
    assert milliseconds(*((n, "t", "") for n in range(0, 120, 2)), (400, "t", "ERROR")) == list(range(2, 120, 2))


def test_how_long_a_line_came_again() -> None:
    """By the words that tell it, from clock to clock; in a line of a log alone."""
    for text, minutes in (
        ("from 01:00:00 to 03:04:00", [124]),
        ("from 23:58:00 to 00:05:00", [7]),
        ("x from 01:00:00 to 01:01:00 and from 02:00:00 to 02:05:00", [1, 5, 65]),
        (f"{'x' * 375}from 01:00:00 to 01:07:00", [7]),
        (f"{'x' * 376}from 01:00:00 to 01:07:00", []),
        ("from 1:00:00 to 2:00:00", []),
        ("from 01:00:00 to 01:00:60", []),
    ):
        assert spans(replace(CASE, evidence=(seen(replace(EVENT, trace_id=None), text=text),))) == minutes
        assert spans(replace(CASE, evidence=(seen(None, "issue", text),))) == []


def test_lines_that_were_read_or_named() -> None:
    """Of each path those of frames that have both, and those of places, the line itself and the first to the last of what was read."""
    frames = (Frame("f", "app/a.py", 3), Frame("g", "app/b.py"), Frame("h", None, 9))
    known = Known(replace(CASE, alert=replace(ALERT, frames=frames), evidence=(seen(PLACE, "code"), seen(None))))
    assert known.lines == {"app/a.py": ((3, 3), (12, 12), (10, 11))}
    assert known.places == (PLACE,)


def test_where_a_case_leads() -> None:
    """The alert's message and its logs, places of evidence, commits, their pull requests, code and deployments."""
    alert = replace(ALERT, log_links=("https://x.example/log",))
    evidence = (seen(COMMIT, "commit"), seen(PLACE, "code", number=2), seen(DEPLOY, "deploy", number=3), seen(replace(PLACE, permalink=None), "code", number=4))
    own = {ALERT.permalink.url, "https://x.example/log", "place1", "place2", "place3", "place4"}
    assert links_of(replace(CASE, alert=alert, evidence=evidence)) == own | {f"https://x.example/{letter}" for letter in "cpld"}
    assert links_of(replace(CASE, evidence=(seen(BARE),))) == {ALERT.permalink.url, "place1"}
    assert Known(replace(CASE, evidence=(seen(PLACE),))).links == {"a.slack.com/archives/c1/p1765962764835579", "place1", "x.example/l"}


def test_lines_that_say_the_same_are_counted_together() -> None:
    """Apart from words that are no plain words, and from what stands two hundred characters on."""

    def counted(*messages: str) -> list[int]:
        events = tuple(seen(replace(EVENT, message=message, trace_id=None)) for message in messages)
        index = Known(replace(CASE, evidence=events)).today
        return [n for n in range(1, 9) if index.has_number(n, "events", 0)]

    assert counted("slow a1", "slow b2", "fast", "slow", "fast x=1") == [2, 3, 5]
    assert counted("ab", "a b", "c") == [1, 3]
    assert counted(f"{'x ' * 99}ya", f"{'x ' * 99}yb", "c") == [1, 3]
    assert counted(f"{'x ' * 100}a", f"{'x ' * 100}b", "c") == [1, 2, 3]


def test_what_makes_an_error_a_known_one() -> None:
    """An entry of its own, a proof, or counts of the past; not an entry of one like it, nor today's counts."""
    assert [
        Known(replace(CASE, **part)).recurs
        for part in (
            {"history": (PAST,)},
            {"history": (replace(PAST, relation="alias"),)},
            {"history": (replace(PAST, relation="similar"),)},
            {"evidence": (seen(FixCheck("n", COMMIT, stands=True), "fix"),)},
            {"evidence": (seen(Trend("x"), "history"),)},
            {"evidence": (seen(Trend("x"), "metric"),)},
            {"evidence": (seen(None, "history"),)},
        )
    ] == [True, True, False, True, True, False, False]
