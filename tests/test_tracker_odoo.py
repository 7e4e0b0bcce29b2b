"""Odoo's quality module: a run is begun with the alert, gets its steps with their times, and is completed or failed at the end."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.__main__ import main
from bot.config import Secret
from bot.config.tracking import Odoo
from bot.errors import TrackerError
from bot.jobs import procedure
from bot.jobs.proposal_directory import Proposed
from bot.model import IssueDraft, MergedEntry
from bot.model.procedure import RunRecord, StepResult
from bot.texts import entry_page
from bot.trackers.odoo import OdooTracker
from tests.fakes import transfer_case
from tests.fakes.loopback import Answer, Request
from tests.fakes.tracker_odoo import DATABASE, KEY, LOGIN, FakeOdoo

pytestmark = pytest.mark.slow

MARKER = f"{transfer_case.THREAD.channel}/{transfer_case.THREAD.ts}"
URL = "https://kb.example/knowledge/errors/x.md"


@pytest.fixture
def odoo() -> Iterator[FakeOdoo]:
    """A database with the procedure SOP-TRIAGE-001 of six steps."""
    with FakeOdoo() as server:
        assert isinstance(server, FakeOdoo)
        yield server


def tracker(odoo: FakeOdoo, *, key: str = KEY, minute: int = 20, seconds: float = 5, **more: Any) -> OdooTracker:
    """As the configuration makes it, at 09:20 if nothing else is said."""
    settings = Odoo(**{"database": DATABASE} | more)
    return OdooTracker(odoo.url, LOGIN, Secret(key), settings, lambda: datetime(2025, 12, 17, 9, minute, tzinfo=UTC), seconds)


def results(odoo: FakeOdoo) -> dict[int, tuple[str, str]]:
    """Step → its state and what was found."""
    return {row["step_id"]: (row["state"], row["actual_result"]) for row in odoo.rows("qms.sop.run.step")}


def case() -> Proposed:
    """A diagnosis as propose takes it over."""
    return Proposed(transfer_case.case(), transfer_case.diagnosis())


def test_a_run_from_the_alert_to_the_resolution(odoo: FakeOdoo) -> None:
    """Begun, three steps diagnosed within their targets, documented, and completed once the error is resolved; every part may be said twice."""
    for _ in range(2):
        assert procedure.begin(tracker(odoo, minute=13), transfer_case.THREAD) == f"{odoo.url}/web#id=1&model=qms.sop.run&view_type=form"
    assert [row["state"] for row in odoo.rows("qms.sop.run")] == ["in_progress"]

    for minute in (16, 59):
        assert procedure.diagnosed(tracker(odoo, minute=minute), [case()]) == ()
    found = results(odoo)
    assert [found[number][0] for number in (11, 12, 13, 14)] == ["completed", "completed", "completed", "in_progress"]
    assert "Done 3 min after the run was opened; target 5 min: kept." in found[11][1]
    assert "target 45 min: kept" in found[13][1]
    assert "Proposed: Revert the commit." in found[14][1]

    entry = entry_page.new_entry(transfer_case.case().signature, transfer_case.occurrence())
    merged = MergedEntry("x.md", None, "", None, ("mira",))
    assert procedure.published(tracker(odoo), merged, None, entry, (transfer_case.THREAD,), URL) == ()
    assert "Published, reviewed by mira" in results(odoo)[15][1]
    resolved = replace(entry, meta=replace(entry.meta, status="resolved", resolution="Row lock, commit 4be91d07"))
    assert procedure.published(tracker(odoo, minute=50), merged, entry, resolved, (), URL) == ()
    (run,) = odoo.rows("qms.sop.run")
    assert (run["state"], run["end_time"]) == ("completed", "2025-12-17 09:50:00")
    assert {state for state, _ in results(odoo).values()} == {"completed"}


def test_a_missed_target_is_told(odoo: FakeOdoo) -> None:
    """Half an hour for a classification is too long."""
    procedure.begin(tracker(odoo, minute=13), transfer_case.THREAD)
    procedure.diagnosed(tracker(odoo, minute=43), [case()])
    assert "Done 30 min after the run was opened; target 5 min: missed." in results(odoo)[11][1]


def test_a_diagnosis_that_failed_and_an_entry_that_was_withdrawn_fail_the_run(odoo: FakeOdoo) -> None:
    """With the error code that the configuration names; a run that ended is not ended again."""
    for _ in range(2):
        procedure.fail(tracker(odoo), transfer_case.THREAD, "the logs were\x07 down")
    assert [row["state"] for row in odoo.rows("qms.sop.run")] == ["failed"]
    (error,) = odoo.rows("qms.sop.run.error")
    assert (error["error_code_id"], error["error_message"]) == (7, "the logs were down")


def test_a_run_is_found_by_its_whole_mark_only(odoo: FakeOdoo) -> None:
    """`like` takes _ for any character; a mark in the words of a log is none."""
    kept = tracker(odoo)
    kept.record(RunRecord("C1/1.0", "transferXhandler", (StepResult("classification", "a log says [errata:run=transfer_handler]"),)))
    assert kept.find("transfer_handler") is None
    made = kept.open(IssueDraft("Title", "Body", "transfer_handler"))
    assert kept.find("transfer_handler") == made
    assert made.open
    assert kept.keeps(made.url)
    again = kept.reopen(made, IssueDraft("Title", "It came back", "transfer_handler/C1/2.0"))
    assert again.reference != made.reference
    assert kept.find("transfer_handler") == again
    assert kept.reopen(made, IssueDraft("Title", "It came back", "transfer_handler/C1/2.0")) == again


def test_two_errors_of_one_alert_share_its_run(odoo: FakeOdoo) -> None:
    """Both names lead to it, and what was said of the first stays."""
    kept = tracker(odoo)
    for name in ("one_Error_abc123", "other_Error_abc123"):
        kept.record(RunRecord(MARKER, name, (StepResult("classification", f"It is {name}."),)))
    assert kept.find("one_Error_abc123") == kept.find("other_Error_abc123") == kept.find(MARKER)
    assert "It is one_Error_abc123." in results(odoo)[11][1]
    assert "It is other_Error_abc123." in results(odoo)[11][1]


def test_every_run_of_an_error_that_is_resolved_ends(odoo: FakeOdoo) -> None:
    """However many alerts it had, those of an earlier name and those that the entry only counts by now too; what ended stays as it is on record."""
    kept, entry = tracker(odoo), entry_page.new_entry(transfer_case.case().signature, transfer_case.occurrence())
    name = entry.meta.signature
    for number, named in enumerate([*[name] * 12, "earlier_name", "other_Error_abc123"], start=1):
        kept.record(RunRecord(f"C1/{number}.0", named, (StepResult("classification", "seen"),)))
    kept.record(RunRecord("C1/3.0", name, end="failed", reason="the logs were down"))
    resolved = replace(entry, meta=replace(entry.meta, status="resolved", resolution="Row lock", aliases=("earlier_name",)))
    stub = replace(entry, meta=replace(entry.meta, status="withdrawn", replaced_by="another"))

    assert procedure.published(kept, MergedEntry("x.md", None, ""), entry, stub, (), URL) == ()
    assert {row["state"] for row in odoo.rows("qms.sop.run")} == {"in_progress", "failed"}
    assert procedure.published(kept, MergedEntry("x.md", None, ""), entry, resolved, (), URL) == ()
    states = [row["state"] for row in odoo.rows("qms.sop.run")]
    assert states == ["completed"] * 2 + ["failed"] + ["completed"] * 10 + ["in_progress"]


def creating(request: Request) -> bool:
    """The call that opens a run."""
    return b'"qms.sop.run","create"' in request.body.replace(b", ", b",")


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_lost_answer_leads_to_exactly_one_run(odoo: FakeOdoo, *, took_effect: bool) -> None:
    """It looks before it asks again."""
    odoo.fail(creating, Answer(cut=True), after=took_effect)
    assert tracker(odoo).record(RunRecord(MARKER)).reference == "run 1"
    assert len(odoo.rows("qms.sop.run")) == 1


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (Answer(401, {}), "401", "ODOO_API_KEY"),
        (Answer(403, b"<html>Forbidden", {"Content-Type": "text/html"}), "403", "ODOO_URL"),
        (Answer(404, b"<html>Not Found", {"Content-Type": "text/html"}), "404", "`odoo: database:`"),
        (Answer(429, {}, {"Retry-After": "3000"}), "429", "wait"),
        (Answer(503, b"<html>Maintenance", {"Content-Type": "text/html", "Retry-After": "3000"}), "503", "run it again"),
        (Answer(200, b"<html>Sign in", {"Content-Type": "text/html"}), "web page", "ODOO_URL"),
        (Answer(200, {"result": {"what": 1}}), "not one that Odoo gives", "ODOO_URL"),
        (Answer(200, b"{"), "not JSON", "ODOO_URL"),
    ],
    ids=["401", "403", "404", "429", "503", "login page", "shape", "cut json"],
)
def test_an_odoo_that_refuses_stops_nothing(odoo: FakeOdoo, answer: Answer, cause: str, remedy: str) -> None:
    """It is a sentence at the end; doctor says it too; the key is never shown."""
    odoo.fail(lambda _: True, answer, times=9)
    (failure,) = procedure.diagnosed(tracker(odoo), [case()])
    assert cause in failure.cause
    assert remedy in failure.remedy
    assert KEY not in f"{failure}{failure.remedy}"
    assert [one.ok for one in tracker(odoo).examine()] == [False]


def test_wrong_names_and_rights_are_told_apart(odoo: FakeOdoo) -> None:
    """The user, the database, the procedure, its steps, the right to write; Odoo's traceback, which may hold anything, is not quoted."""
    told = {}
    for name, kept in {
        "user": tracker(odoo, key="wrong"),
        "database": tracker(odoo, database="nope"),
        "procedure": tracker(odoo, procedure="SOP-X"),
    }.items():
        (checkup,) = kept.examine()
        told[name] = f"{checkup.saw} {checkup.remedy}"
        assert not checkup.ok
    odoo.may_write = False
    with pytest.raises(TrackerError) as caught:
        tracker(odoo).record(RunRecord(MARKER))
    assert "does not know the user" in told["user"]
    assert "does not exist" in told["database"]
    assert "`odoo: procedure:`" in told["procedure"]
    assert "AccessError" in caught.value.cause
    assert "right to read and write runs" in caught.value.remedy
    assert "Traceback" not in f"{caught.value}{told}"
    odoo.tables["qms.sop.document"][5]["step_ids"] = []
    assert [one.ok for one in tracker(odoo).examine()] == [False]
    with pytest.raises(TrackerError, match="too few steps"):
        tracker(odoo).record(RunRecord(MARKER))


def test_an_odoo_that_does_not_answer_is_left(odoo: FakeOdoo) -> None:
    """After the deadline."""
    odoo.fail(lambda _: True, Answer(delay=1.0), times=2)
    with pytest.raises(TrackerError, match="no answer"):
        tracker(odoo, seconds=0.2).find(MARKER)


def test_the_command_keeps_the_run_and_doctor_looks_at_it(
    odoo: FakeOdoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Begun and failed from the command line; a missing key is a sentence with the way to it; without Odoo there is nothing to do."""
    settings = tmp_path / ".github" / "knowledge-bot.yml"
    settings.parent.mkdir()
    settings.write_text(f"chat: console\nforge: local\ntracker: odoo\nodoo: {{database: {DATABASE}}}\n")
    link = transfer_case.THREAD.url
    assert main(["--root", str(tmp_path), "procedure", "begin", link]) == 1
    assert "ODOO_URL is not set" in capsys.readouterr().err
    for name, value in {"ODOO_URL": odoo.url, "ODOO_LOGIN": LOGIN, "ODOO_API_KEY": KEY}.items():
        monkeypatch.setenv(name, value)

    assert main(["--root", str(tmp_path), "procedure", "begin", link]) == 0
    assert main(["--root", str(tmp_path), "procedure", "fail", link, "--reason", "no logs"]) == 0
    assert main(["--root", str(tmp_path), "procedure", "begin", ""]) == 0
    assert [row["state"] for row in odoo.rows("qms.sop.run")] == ["failed"]
    capsys.readouterr()
    main(["--root", str(tmp_path), "doctor", "--json"])
    checkups = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert checkups["Odoo"]["ok"]
    settings.write_text("chat: console\nforge: local\ntracker: none\n")
    assert main(["--root", str(tmp_path), "procedure", "begin", link]) == 0
    assert "nothing to do" in capsys.readouterr().out
