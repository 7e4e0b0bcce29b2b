"""The proposal directory as somebody else left it: nothing in it becomes a link, a path, a label or a place to answer that the job did not know."""

import contextlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.core.entry.entry import render
from bot.core.signature import signature as signatures
from bot.errors import BadProposal
from bot.jobs import failure_note
from bot.jobs.proposal_directory import Proposed, read, write
from bot.model import Occurrence, Permalink
from bot.texts import entry_page, pull_request
from tests.fakes import transfer_case

HOME = ("https://github.com/acme/transfers/",)
EVIL = "https://evil.example/blob/main/x.py#L1"
Change = Callable[[dict[str, Any], dict[str, Any]], object]


def proposed() -> Proposed:
    """A case as the first job closes it."""
    case = transfer_case.case()
    alert = msgspec.structs.replace(case.alert, time=case.alert.permalink.time)
    return Proposed(msgspec.structs.replace(case, alert=alert, signature=signatures.of(alert)), transfer_case.diagnosis())


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An honest directory."""
    write(tmp_path / "proposal", (proposed(),), ("preview",))
    return tmp_path / "proposal"


def folder_of(directory: Path) -> Path:
    """The one case folder."""
    (folder,) = (file for file in directory.iterdir() if file.is_dir())
    return folder


def altered(directory: Path, change: Change) -> Path:
    """The directory with case and diagnosis changed, the signature and the names made right again."""
    folder = folder_of(directory)
    case, diagnosis = (json.loads((folder / name).read_text()) for name in ("case.json", "diagnosis.json"))
    change(case, diagnosis)
    with contextlib.suppress(msgspec.ValidationError):
        case["signature"] = msgspec.to_builtins(signatures.of(msgspec.convert(case["alert"], type(proposed().case.alert))))
    (folder / "case.json").write_text(json.dumps(case))
    (folder / "diagnosis.json").write_text(json.dumps(diagnosis))
    name = f"1-{case['signature']['name']}"
    folder.rename(directory / name)
    (directory / "proposal.json").write_text(json.dumps({"cases": [name], "schema": 1}))
    return directory


def pages(one: Proposed) -> str:
    """What would be written of it."""
    alert = one.case.alert
    occurrence = Occurrence(alert.permalink, alert.time, alert.environment, alert.service, alert.release, alert.trace_ids, one.diagnosis)
    path = f"knowledge/errors/{one.case.signature.name}.md"
    body = pull_request.body(one.case, one.diagnosis, entry_path=path)
    return "\n".join((pull_request.title(one.case, one.diagnosis), body, render(entry_page.new_entry(one.case.signature, occurrence))))


def test_an_honest_directory_is_read_as_it_was_written(directory: Path) -> None:
    """With its links below the configured code, and nothing else changed."""
    (one,) = read(directory, (), (*HOME, "https://logs.example/"))

    assert one.case == proposed().case
    assert f"]({HOME[0]}blob/9c0ffee0/transfers/leaves.py#L42)" in pages(one)


@pytest.mark.parametrize(
    "url",
    [
        EVIL,
        "javascript:alert(1)",
        "http://evil.example/",
        f"{HOME[0]}../../evil/x",
        "https://github.com@evil.example/acme/transfers/",
        "file:///etc/passwd",
        "data:text/html,x",
        "https:https://evil.example/",
    ],
)
def test_no_address_of_somebody_else_becomes_a_link(directory: Path, url: str) -> None:
    """Whatever place of the case or the diagnosis it stands in."""

    def change(case: dict[str, Any], diagnosis: dict[str, Any]) -> None:
        for evidence in case["evidence"]:
            evidence["place"] = url
            for detail in (evidence["detail"], evidence["detail"].get("fix") or {}, evidence["detail"].get("removed_by") or {}):
                detail |= {key: url for key in ("permalink", "pull_request") if key in detail}
        for place in diagnosis["affected_code"]:
            place["permalink"] = url
        diagnosis["history"]["reference"] = url

    (one,) = read(altered(directory, change), (), HOME)

    written = pages(one)
    assert f"]({url}" not in written
    assert f"](<{url}" not in written
    assert "](https://evil" not in written
    assert "evil.example/acme/transfers/)" not in written


@pytest.mark.parametrize(
    "place",
    [
        Permalink("evil.example", "C08RB8T6CNS", "1765962764.835579"),
        Permalink("acme.slack.com", "C08RB8T6CNS/../x", "1765962764.835579"),
        Permalink("acme.slack.com", "<!channel>", "1765962764.835579"),
        Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.835579", "1"),
        Permalink("acme.slack.com", "C08RB8T6CNS", "1765962799.000000"),
        Permalink("acme.slack.com#", "C08RB8T6CNS", "x"),
    ],
)
def test_the_place_to_answer_is_a_slack_message(directory: Path, place: Permalink) -> None:
    """Of a known host, with an id for a channel, and the alert's own time."""
    with pytest.raises(BadProposal, match="Slack"):
        read(altered(directory, lambda case, _: case["alert"].update(permalink=msgspec.to_builtins(place))), (), HOME)


def test_a_secret_in_a_name_becomes_no_path(directory: Path) -> None:
    """A culprit that a rule would change is refused, not renamed."""
    with pytest.raises(BadProposal, match="signature"):
        read(altered(directory, lambda case, _: case["alert"].update(culprit="AKIA" + "Q3EGRIWS7XKZN2PL")), (), HOME)


@pytest.mark.parametrize("name", ["../1-x", "1-x/../../y", "/etc", "1-\0", ".", "1-" + "x" * 300, "--output", "1-a b", "\ud800"])
def test_a_name_that_leads_elsewhere_is_refused(directory: Path, name: str) -> None:
    """Case folders are named as diagnose names them."""
    (directory / "proposal.json").write_text(json.dumps({"cases": [name]}))

    with pytest.raises(BadProposal):
        read(directory)


def test_links_pipes_and_devices_are_refused(directory: Path, tmp_path: Path) -> None:
    """A linked folder, a linked file, a pipe that would never end, a folder in a file's place."""
    folder = folder_of(directory)
    case = folder / "case.json"
    honest = case.read_bytes()
    spoils: tuple[Callable[[], object], ...] = (lambda: case.symlink_to("/dev/zero"), lambda: os.mkfifo(case), case.mkdir)
    for spoil in spoils:
        case.unlink()
        spoil()
        with pytest.raises(BadProposal):
            read(directory)
        case.rmdir() if case.is_dir() else case.unlink()
        case.write_bytes(honest)
    shutil.move(folder, tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadProposal):
        read(directory)


@pytest.mark.slow
def test_a_flood_is_refused_or_cut(directory: Path) -> None:
    """Thousands of pieces of evidence, nesting without end, texts of a megabyte."""
    folder = folder_of(directory)
    honest = (folder / "case.json").read_text()
    case = json.loads(honest)
    (folder / "case.json").write_text(json.dumps({**case, "evidence": case["evidence"][:1] * 6_000}))
    with pytest.raises(BadProposal):
        read(directory)
    (folder / "case.json").write_text(honest.replace('"evidence": [', '"evidence": ' + "[" * 200_000, 1))
    with pytest.raises(BadProposal):
        read(directory)
    (folder / "case.json").write_text(honest)

    def change(case: dict[str, Any], diagnosis: dict[str, Any]) -> None:
        for key in ("summary", "blast_radius", "immediate_fix", "long_term_fix", "verification"):
            diagnosis[key] = "w " * 20_000
        diagnosis["next_steps"] = ["w " * 500] * 100
        case["alert"] |= {"environment": "e" * 20_000, "service": "s " * 10_000, "release": "r" * 20_000, "trace_ids": ["t" * 1_000] * 100}

    (one,) = read(altered(directory, change), (), HOME)
    text = pages(one)

    assert len(text) < 130_000
    assert all(len(label) <= 50 for label in pull_request.labels(one.case, one.diagnosis))


@pytest.mark.parametrize("number", [10**400, -(10**400), 2**63])
def test_a_number_without_end_is_refused(directory: Path, number: int) -> None:
    """JSON holds any number; no amount could be computed of it when the claims are held against the case."""
    folder = folder_of(directory)
    case = json.loads((folder / "case.json").read_text())
    case["evidence"][0]["detail"] = {"type": "trend", "statement": "Errors", "counts": [["errors", number]]}
    (folder / "case.json").write_text(json.dumps(case))

    with pytest.raises(BadProposal, match="counts"):
        read(directory)


def test_a_forged_signature_is_refused(directory: Path) -> None:
    """The name is that of the alert, and no other."""
    folder = folder_of(directory)
    case = json.loads((folder / "case.json").read_text())
    case["signature"]["name"] = "transfer_handler_ValidationError_000000"
    (folder / "case.json").write_text(json.dumps(case))

    with pytest.raises(BadProposal, match="signature"):
        read(directory)


def test_what_a_run_that_failed_left_is_no_hindrance(tmp_path: Path) -> None:
    """Its note goes with the next proposal; whatever else stands there is somebody's, and stays."""
    failure_note.leave(tmp_path / "out", failure_note.FailureNote("reading", "it is down", "try again"))
    write(tmp_path / "out", (), ())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["proposal.json"]

    failure_note.leave(tmp_path / "theirs", failure_note.FailureNote("reading", "it is down", "try again"))
    (tmp_path / "theirs" / "letter.txt").write_text("dear")
    with pytest.raises(BadProposal, match="there is something else already"):
        write(tmp_path / "theirs", (), ())
