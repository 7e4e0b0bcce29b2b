"""What a diagnoser looks up: answered from real sources, redacted, numbered on, remembered, within limits."""

import threading
from pathlib import Path

import msgspec
import pytest

from bot.core.redaction.redaction import Redactor
from bot.core.signature import signature as signatures
from bot.jobs.probing import CaseProbe
from bot.model import Findings, Inquiry, LogEvent
from bot.model.questions import FindKnowledge, FollowTrace, LookUpErrorCode, Question, ReadCode, SearchLogs
from tests import probing
from tests.probing import Answering, ids, nothing, said

ANY = SearchLogs(("price",))


def test_words_find_what_is_no_error(tmp_path: Path) -> None:
    """Every word must be there, whatever its case, in the message, a field or a line that continues; outside the window nothing counts."""
    probe = probing.probe(tmp_path)

    assert [one.place for one in probe.ask(SearchLogs(("PRICE", "table"))).evidence] == ["logs/shop.ndjson:2"]
    assert [one.place for one in probe.ask(SearchLogs(("a-99-b",))).evidence] == ["logs/shop.ndjson:5"]
    assert [one.place for one in probe.ask(SearchLogs(("column price",))).evidence] == ["logs/shop.ndjson:7"]
    assert probe.ask(SearchLogs(("price", "table"), minutes_before=4)).evidence == ()
    assert probe.ask(SearchLogs(("price", "absent"))).gaps == ()


def test_a_service_narrows_and_stands_alone(tmp_path: Path) -> None:
    """Its events only; without words all of them."""
    probe = probing.probe(tmp_path)
    found = probe.ask(SearchLogs((), service="gateway"))

    assert [one.place for one in found.evidence] == ["logs/shop.ndjson:5", "logs/shop.ndjson:6"]
    assert found.asked.startswith("files: events of gateway 2025-12-17 08:42:44-09:17:44Z in 1 file, 8 lines → 2")
    assert probe.ask(SearchLogs(("price",), service="gateway")).evidence == ()


def test_words_are_no_syntax(tmp_path: Path) -> None:
    """Stars, quotes, field names and patterns are what they are: characters that stand nowhere."""
    probe = probing.probe(tmp_path)

    for words in (("pri*",), ("message:price",), ('"price" OR 1=1',), ("p.ice",), ("(price|asked)",), ("level:ERROR OR *",)):
        assert probe.ask(SearchLogs(words)).evidence == ()


def test_what_was_found_before_keeps_its_number(tmp_path: Path) -> None:
    """The failing line is E1 in the case and stays it; what is new is numbered on; every answer is part of the case."""
    probe = probing.probe(tmp_path)
    followed = probe.ask(FollowTrace(probing.TRACE))
    again = probe.ask(SearchLogs(("reply", "500")))
    case = probe.case

    assert ids(followed.evidence)[:3] == ["E2", "E1", "E3"]
    assert ids(again.evidence) == ["E3"]
    assert ids(case.evidence) == ["E1", "E2", "E3", "E4"]
    assert case.evidence[0] == probing.case().evidence[0]
    assert [one.query.partition(" 2025")[0] for one in case.searches] == [f"trace {probing.TRACE}", "events that hold “reply” and “500”"]
    assert case.signature == probing.case().signature
    assert case.alert == probing.case().alert


def test_a_secret_has_the_placeholder_that_it_has_in_the_case(tmp_path: Path) -> None:
    """The case's own redactor goes over what is found, and over what was asked."""
    redactor = Redactor()
    about = redactor.record(probing.case(release=f"token={probing.SECRET}"))
    probe = CaseProbe(about, probing.lookups(tmp_path, probing.sources(tmp_path)), redactor)
    (piece,) = probe.ask(SearchLogs(("retry",))).evidence

    assert piece.text.endswith("token=[secret:github-token:1]")
    assert about.alert.release == "token=[secret:github-token:1]"
    assert probing.SECRET not in probe.ask(SearchLogs((probing.SECRET,))).asked
    assert probing.SECRET not in msgspec.json.encode(probe.case).decode()


def test_a_secret_that_is_learned_late_is_one_everywhere(tmp_path: Path) -> None:
    """A word of the alert that a look-up shows to be a password is taken out of the whole case, whose name is then worked out anew."""
    word = "correcthorse4711battery"
    about = probing.case(trace_ids=(word,))
    probe = CaseProbe(about, probing.lookups(tmp_path, (Answering(said(f"login password={word}")),)), Redactor())
    probe.ask(ANY)

    assert word not in msgspec.json.encode(probe.case).decode()
    assert probe.case.signature == signatures.of(probe.case.alert)


def test_a_placeholder_in_the_name_stays_as_it_is(tmp_path: Path) -> None:
    """A normalised message may hold what is left of a placeholder, which a second redaction would take for a secret."""
    redactor = Redactor()
    about = redactor.record(msgspec.structs.replace(probing.case(), alert=msgspec.structs.replace(probing.case().alert, message="by: Eve <eve@evil.example>")))
    about = msgspec.structs.replace(about, signature=signatures.of(about.alert))
    probe = CaseProbe(about, probing.lookups(tmp_path, (Answering(said("price set")),)), redactor)
    probe.ask(ANY)

    assert "secret:email" in about.signature.message
    assert probe.case.signature == about.signature
    assert len(probe.case.evidence) == 2


def test_the_same_question_is_asked_once(tmp_path: Path) -> None:
    """White space, order of asking and repeated words make no other question of it."""
    source = Answering(said("price set"))
    probe = probing.probe(tmp_path, (source,))
    first = probe.ask(SearchLogs(("price", "set")))

    assert probe.ask(SearchLogs((" price ", "set", "price"), 30, 5, " ")) is first
    assert len(source.asked) == 1
    assert len(probe.case.evidence) == 2


def test_two_threads_that_ask_the_same_wait_for_one_answer(tmp_path: Path) -> None:
    """One asks, the other gets what it got."""
    begun, go = threading.Event(), threading.Event()

    def slow(inquiry: Inquiry) -> Findings:
        begun.set()
        assert go.wait(5)
        return said("price set")(inquiry)

    source = Answering(slow)
    probe = probing.probe(tmp_path, (source,))
    answers = list[object]()
    threads = [threading.Thread(target=lambda: answers.append(probe.ask(ANY))) for _ in range(2)]
    threads[0].start()
    assert begun.wait(5)
    threads[1].start()
    go.set()
    for thread in threads:
        thread.join(5)

    assert len(answers) == 2
    assert answers[0] is answers[1]
    assert len(source.asked) == 1


def test_questions_side_by_side_are_numbered_without_a_gap(tmp_path: Path) -> None:
    """Twelve threads: every piece has a number of its own, and a source is never asked two things at once."""
    inside, most, together = 0, 0, threading.Event()

    def counting(inquiry: Inquiry) -> Findings:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside > 1:
            together.set()
        together.wait(0.002)
        inside -= 1
        return Findings((LogEvent(inquiry.end, inquiry.words[0], f"https://logs.example/{inquiry.words[0]}"),), queries=("q",))

    probe = probing.probe(tmp_path, (Answering(counting),))
    threads = [threading.Thread(target=probe.ask, args=(SearchLogs((f"word{number}",)),)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert sorted(int(name[1:]) for name in ids(probe.case.evidence)) == list(range(1, 14))
    assert most == 1


def test_a_source_is_told_nothing_of_the_error(tmp_path: Path) -> None:
    """A look-up of words must not have sources search for the alert's own error again; minutes stay within a day."""
    source = Answering(nothing)
    probing.probe(tmp_path, (source,)).ask(SearchLogs(("price",), minutes_before=10**9, minutes_after=-5))
    (asked,) = source.asked

    assert (asked.search, asked.words, asked.frames, asked.past_fixes) == (False, ("price",), (), ())
    assert (asked.alert.text, asked.alert.message, asked.alert.error_type) == ("", None, None)
    assert ((asked.end - asked.start).total_seconds(), asked.end) == (24 * 3600, probing.POSTED)


@pytest.mark.parametrize(
    "question",
    [
        SearchLogs(),
        SearchLogs(("", "  ")),
        SearchLogs(tuple(f"word{number}" for number in range(10_000))),
        SearchLogs(("x" * 101,)),
        SearchLogs(("a\nb",)),
        SearchLogs(("a\x00",)),
        SearchLogs(("\ud800",)),
        SearchLogs(("[secret:github-token:1]",)),
        SearchLogs(("price",), service="s" * 101),
        FollowTrace(""),
        FollowTrace("no trace id"),
        FollowTrace("00000000000000000000000000000000"),
        FollowTrace("x" * 1000),
        FollowTrace('" OR 1=1'),
        FindKnowledge(()),
        FindKnowledge(("",)),
        LookUpErrorCode(" "),
    ],
    ids=str,
)
def test_a_question_that_is_none_is_a_gap(tmp_path: Path, question: Question) -> None:
    """It says why, nothing is asked, and nothing breaks."""
    source = Answering(nothing)
    answer = probing.probe(tmp_path, (source,)).ask(question)

    assert source.asked == []
    assert answer.evidence == ()
    assert len(answer.gaps) == 1
    assert len(msgspec.json.encode(answer.gaps[0].cause)) < 400


def test_without_sources_each_kind_of_question_says_what_is_missing(tmp_path: Path) -> None:
    """A source of logs, a codebase."""
    probe = probing.probe(tmp_path, ())

    assert probe.ask(ANY).gaps[0].cause == "no source of logs answers for prod"
    assert probe.ask(FollowTrace(probing.TRACE)).gaps[0].cause == "no source of logs answers for prod"
    assert probe.ask(ReadCode("shop/prices.py")).gaps[0].cause == "no codebase is configured"


def test_a_replayed_case_asks_no_source(tmp_path: Path) -> None:
    """What people wrote down, and the catalogues, still answer."""
    source = Answering(nothing)
    probe = CaseProbe(probing.case(), probing.lookups(tmp_path, (source,), replayed=True), Redactor())

    for question in (ANY, FollowTrace(probing.TRACE), ReadCode("shop/prices.py")):
        assert probe.ask(question).gaps[0].cause == "replayed without sources"
    assert source.asked == []
    assert probe.ask(LookUpErrorCode("40P01")).gaps == ()
    assert len(probe.case.gaps) == 1
