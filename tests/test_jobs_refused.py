"""The jobs when a vendor refuses, an input is bad or the knowledge is broken: a sentence, a gap, and nothing half done."""

import json
from typing import Any

import pytest

from tests.chain import Chain
from tests.fakes.fault_proxy import on
from tests.fakes.loopback import Answer, Request
from tests.jobs_house import ENTRY, NAME, case, done, gaps, proposed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("https://evil.example/archives/C08RB8T6CNS/p1765962764835579", "Slack"),
        ("https://acme.slack.com/archives/C08RB8T6CNS/p17659627648355", "Slack"),
        ("javascript:alert(1)", "Slack"),
        ("https://acme.slack.com/archives/C08RB8T6CNS/p1765962764000001", "gone"),
        ("https://acme.slack.com/archives/C0SECRETS/p1765962764835579", "/invite"),
    ],
)
def test_a_bad_link_is_a_sentence(house: Chain, capsys: pytest.CaptureFixture[str], link: str, says: str) -> None:
    """What was being done, what came back, what to do; exit code 1; nothing written; no traceback."""
    code = house.run("diagnose", link, "--out", str(house.proposal))
    told = capsys.readouterr().err

    assert code == 1
    assert told.startswith("error: ")
    assert "\n  try: " in told
    assert says.lower() in told.lower()
    assert "Traceback" not in told
    assert not house.proposal.exists()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(401, {"error": "x"}), "OPENSEARCH"),
        (Answer(403, {"error": "x"}), "403"),
        (Answer(503, b"<html>down</html>"), "503"),
        (Answer(200, b"<html>Please log in</html>"), "login"),
        (Answer(cut=True), "opensearch prod"),
    ],
    ids=["401", "403", "503", "login page", "cut"],
)
def test_opensearch_that_fails_is_a_gap(house: Chain, answer: Answer, says: str) -> None:
    """The diagnosis is made without it, and the pull request says what was missing and what to do."""
    house.search.fail(lambda _: True, answer, times=1000)
    number = proposed(house)

    assert says.lower() in gaps(house).lower()
    assert "What could not be seen" in house.github.items[number]["body"]


def test_half_of_the_shards_failing_is_told(house: Chain) -> None:
    """What the other shards found is used; the gap counts those that failed."""

    def half(answer: Any) -> Any:
        return {**answer, "_shards": {"total": 4, "successful": 2, "skipped": 0, "failed": 2, "failures": [{"reason": {"type": "circuit_breaking_exception"}}]}}

    house.search.alter(on("_search"), half)
    done(house.diagnose())

    assert "2 of 4" in gaps(house)
    assert case(house)["evidence"]


def test_an_alert_that_says_nothing_is_unknown(house: Chain) -> None:
    """No type, no logs, no code: the diagnosis says that the cause is unknown, and what would settle it."""
    channel, ts = "C08RB8T6CNS", "1766000000.000100"
    house.slack.post(channel, "something is odd", ts=ts)
    done(house.run("diagnose", f"https://acme.slack.com/archives/{channel}/p{ts.replace('.', '')}", "--out", str(house.proposal)))
    (file,) = house.proposal.glob("*/diagnosis.json")
    cause = json.loads(file.read_text())["root_cause"]

    assert cause["known"] is False
    assert cause["unsettled"]


@pytest.mark.parametrize(
    ("matches", "answer", "says"),
    [
        ("/pulls", Answer(403, {"message": "GitHub Actions is not permitted to create or approve pull requests."}), "Settings"),
        ("/git/trees", Answer(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "600"}), "again"),
        ("/git/commits", Answer(502, {"message": "Bad Gateway"}), "again"),
    ],
    ids=["setting", "secondary limit", "502"],
)
def test_github_that_refuses_is_a_sentence(house: Chain, capsys: pytest.CaptureFixture[str], matches: str, answer: Answer, says: str) -> None:
    """The job ends with code 1 and a remedy; the next run finishes it, with one request."""

    def fits(request: Request) -> bool:
        return request.method == "POST" and request.path.endswith(matches)

    done(house.diagnose())
    house.github.fail(fits, answer, times=20)

    assert house.propose() == 1
    told = capsys.readouterr().err
    assert says in told
    assert "Traceback" not in told
    house.github.faults.clear()
    done(house.propose())
    assert len(house.github.pulls()) == 1


def test_an_altered_proposal_is_refused(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """The writing job takes nothing that diagnose did not write: another name, an unknown field, a missing file."""
    done(house.diagnose())
    (file,) = house.proposal.glob("*/case.json")
    whole = file.read_text()
    for changed in (
        whole.replace(NAME, "owned"),
        whole.replace('"gaps"', '"gapz"'),
        "{",
        whole.replace('"message": "insufficient leaf balance"', '"message": "other"', 1),
    ):
        file.write_text(changed)
        assert house.propose() == 1
    file.unlink()
    assert house.propose() == 1
    assert house.github.pulls() == []
    assert capsys.readouterr().err.count("error: reading the proposal") == 5


def test_broken_knowledge_does_not_stop_a_diagnosis(house: Chain) -> None:
    """An entry with conflict markers is left out of the history; one that is broken at the place of ours stops only its proposal."""
    broken = house.checkout / "knowledge" / "errors" / "other_Error_abc123.md"
    broken.write_text("<<<<<<< HEAD\nnothing\n=======\n>>>>>>> x\n")
    done(house.diagnose())

    assert case(house)["history"][0]["signature"] == NAME


def test_an_entry_that_people_broke_is_not_overwritten(house: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """The branch is left as it is, and the sentence names the file."""
    house.github.person_commits("main", {ENTRY: "---\nsignature: [\n---\nmine\n"}, "oops")
    done(house.diagnose())

    assert house.propose() == 1
    assert NAME in capsys.readouterr().err
    assert house.github.pulls() == []
    assert house.github.text(ENTRY) == "---\nsignature: [\n---\nmine\n"
