"""`bot signature` tells the name of every error in a text, and why it has it."""

import io
import json
from pathlib import Path

import pytest

from bot import cli
from bot.__main__ import main
from bot.config import Configuration
from bot.core.entry.entry import amended, path_of, render
from bot.core.entry.library import Library
from bot.errors import BadCommand
from bot.jobs.explain import MAX_BYTES, explain, read_text
from bot.texts.entry_page import new_entry
from bot.texts.signature import page, shown
from tests import traces
from tests.occurrences import occurrence, signature

ALERT = """\
:rotating_light: ValidationError in transfer_handler
*Service:* transfers
```ValidationError: insufficient leaf balance (needed 1500, had 1200)```
"""


def library(*messages: str, **meta: str) -> Library:
    """A knowledge folder with one entry for each message."""
    return Library([amended(new_entry(signature(message=message), occurrence()), meta) for message in messages])


def told(text: str, known: Library | None = None) -> str:
    """What the command prints of a text."""
    return page(explain(text, known or Library([]), Configuration()))


def command(root: Path, *words: str) -> int:
    """The exit code of `bot --root … signature …`."""
    return main(["--root", str(root), "signature", *words])


def test_it_tells_the_name_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a file: name, fingerprint, earlier name, culprit with its line, type, message with what was dropped."""
    (tmp_path / "alert.txt").write_text(ALERT, encoding="utf-8")

    assert command(tmp_path, str(tmp_path / "alert.txt")) == 0
    shown_lines = capsys.readouterr().out.splitlines()

    name = signature(message="insufficient leaf balance (needed 1, had 2)").name
    assert shown_lines[0] == name
    assert shown_lines[1].split() == ["fingerprint", f"v2:{signature(message='insufficient leaf balance (needed 1, had 2)').fingerprint}", "(algorithm", "2)"]
    assert "  by v1         transfer_handler_ValidationError_8afcba  v1:8afcba" in "\n".join(shown_lines)
    assert "  culprit       transfer_handler  (the text says: :rotating_light: ValidationError in transfer_handler)" in shown_lines
    assert "  type          ValidationError" in shown_lines
    assert "  message       insufficient leaf balance (needed <n>, had <n>)" in shown_lines
    assert [line.split() for line in shown_lines if "dropped" in line] == [["dropped", "1500", "(number)"], ["dropped", "1200", "(number)"]]
    assert "  known         no entry of this error in the knowledge folder, and none like it" in shown_lines


def test_it_tells_which_frames_counted() -> None:
    """And which did not: of libraries, of runtimes, generated."""
    lines = told(traces.JAVA).splitlines()

    assert [line.split() for line in lines if line.startswith("    counts")] == [
        ["counts", "TransferApi:post", "TransferApi.java:12"],
        ["counts", "Leaves:select", "Leaves.java:31"],
    ]
    left_out = "\n".join(line for line in lines if line.startswith("    left out"))
    assert "2 of libraries: " in left_out
    assert "1 of runtimes and test runners: Thread:run" in left_out
    assert "2 generated: " in left_out
    assert "  culprit       Leaves  (the frame Leaves.java:31)" in lines


def test_it_tells_the_chain() -> None:
    """From the wrapper to the cause that explains."""
    lines = told(traces.CHAIN).splitlines()

    assert "  chain         java.lang.RuntimeException: request 77 failed" in lines
    assert "                caused by com.acme.LeafException: leaf 4411 is taken  ← explains it" in lines
    assert "  type          LeafException  (of com.acme.LeafException)" in lines


def test_every_error_of_a_text_is_told() -> None:
    """Two errors, two accounts."""
    accounts = explain("ValidationError: insufficient leaf balance\n\nTimeoutError: node ln-7 did not answer\n", Library([]), Configuration())

    assert [one.signature.error_type for one in accounts] == ["ValidationError", "TimeoutError"]
    assert "(2 of 2 errors in the text)" in page(accounts)


def test_it_tells_what_stands_near_in_the_knowledge_folder() -> None:
    """The entry of this very error under its name, and entries like it with the reason."""
    own, like = "insufficient leaf balance (needed 1, had 2)", "insufficient leaf balance of kind red"
    text = told(ALERT, library(own, like, "node gone"))

    assert f"knowledge/errors/{signature(message=own).name}.md  diagnosed, once, last 2025-12-12: this very error" in text
    assert "like it: the same type; the same culprit; the words insufficient, leaf, balance" in text
    assert "like it: the same type; the same culprit\n" in text


def test_it_tells_under_which_other_name_the_error_is_known() -> None:
    """A renamed entry, or one of the first algorithm."""
    first = signature(message="insufficient leaf balance (needed 1, had 2)")
    text = told(ALERT, library("insufficient leaf balance (needed 1, had 2)", signature="race_in_transfer_handler", fingerprint=first.earlier[0]))

    assert text.splitlines()[0] == "race_in_transfer_handler"
    assert f"its own name  {first.name}" in text
    assert "this very error" in text


def test_as_json_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One record for each error, ASCII only, with the reasons of likeness; entries are read from the folder."""
    made = new_entry(signature(), occurrence())
    file = tmp_path / path_of(made.meta.signature)
    file.parent.mkdir(parents=True)
    file.write_text(render(made), encoding="utf-8")
    (tmp_path / "alert.txt").write_text(ALERT + "\u202e\x1b[31m", encoding="utf-8")

    assert command(tmp_path, "--json", str(tmp_path / "alert.txt")) == 0
    printed = capsys.readouterr().out
    (one,) = json.loads(printed)

    assert printed.isascii()
    assert one["signature"]["version"] == 2
    assert one["dropped"] == [["1500", "n"], ["1200", "n"]]
    assert one["near"][0]["entry"]["relation"] == "similar"
    assert one["near"][0]["words"] == ["insufficient", "leaf", "balance"]


def test_the_name_is_that_of_a_diagnosis() -> None:
    """A secret in the message is redacted before it is signed, and never printed."""
    text = told("ValidationError: login with password=hunter2hunter2 failed in transfer_handler\n")

    assert "transfer_handler_ValidationError_" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("hostile", ["\x1b]0;title\x07\x1b[31mred", "\u202egnp.exe", "\x00\x00", "\r\n::error::owned", "##[error]owned"])
def test_nothing_in_a_text_commands_a_terminal(hostile: str) -> None:
    """Escape sequences, directions and workflow commands are shown, not obeyed."""
    for place in (f"ValidationError: leaf {hostile} gone\n", f"Handler: x{hostile}\nValidationError: gone\n", traces.PYTHON.replace("select_leaves", hostile)):
        printed = told(place)
        assert not set(printed) & set("\x1b\x07\x00\u202e\r")
        assert not [line for line in printed.splitlines() if line.lstrip().startswith(("::", "##["))]


def test_what_cannot_be_seen_is_shown() -> None:
    """As escapes."""
    assert shown("a\x1b\u202e\U000e0041é") == "a\\x1b\\u202e\\U000e0041é"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfValueError: x", "ValueError: x"),
        ("ValueError: x".encode("utf-16"), "ValueError: x"),
        (b"ValueError: \xff\x00x", "ValueError: \ufffd\ufffdx"),
    ],
)
def test_any_bytes_are_text(data: bytes, text: str) -> None:
    """With a byte order mark, in UTF-16, with NUL and invalid UTF-8."""
    assert read_text("-", io.BytesIO(data)) == text


def test_standard_input(tmp_path: Path) -> None:
    """`-` is standard input, and a random file is no crash."""
    assert read_text("-", io.BytesIO(ALERT.encode())) == ALERT
    assert told(bytes(range(256)).decode("utf-8", "replace"))
    assert read_text(str(_written(tmp_path, ALERT)), io.BytesIO()) == ALERT


def _written(folder: Path, text: str) -> Path:
    file = folder / "alert.txt"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "data", "cause"),
    [
        ("missing.txt", b"", "No such file or directory"),
        (".", b"", "it is a folder"),
        ("a\0b", b"", "it is no name of a file"),
        ("-", b"", "there is no text in it"),
        ("-", b" \r\n\0\0", "there is no text in it"),
        ("-", bytes(range(256)) * 40, "there is no text in it"),
        ("-", b"x" * (MAX_BYTES + 1), "it is larger than 4 MB"),
    ],
)
def test_what_cannot_be_read_is_told_with_a_remedy(name: str, data: bytes, cause: str) -> None:
    """Missing, a folder, no name, empty, binary, too large."""
    with pytest.raises(BadCommand) as refused:
        read_text(name, io.BytesIO(data))

    assert refused.value.cause == cause
    assert refused.value.doing.startswith("reading")
    assert refused.value.remedy


@pytest.mark.parametrize("beside", [False, True])
def test_a_saved_message_is_read_as_what_it_says(beside: bool) -> None:
    """As a diagnosis reads it, with or without its channel; JSON that is no message stays a text."""
    trace = f"2 errors\n{traces.PYTHON}\n{traces.NODE}"
    message: dict[str, object] = {"type": "message", "ts": "1765962764.835579", "text": "", "attachments": [{"text": trace}]}
    saved = json.dumps({"channel": "C08RB8T6CNS", "message": message} if beside else message)

    assert told(saved) == told(trace)
    assert "(1 of 2 errors" in told(saved)
    assert told(json.dumps({"ts": 1765962764.8, "stack": traces.PYTHON})) == told(json.dumps({"stack": traces.PYTHON}))


def test_a_missing_file_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And two lines on the error output."""
    assert command(tmp_path, str(tmp_path / "missing.txt")) == 1
    assert capsys.readouterr().err.startswith("error: reading ")


def test_the_file_must_be_named() -> None:
    """A command that waited for a terminal would look broken."""
    with pytest.raises(BadCommand):
        cli.run(["signature"])


@pytest.mark.slow
def test_a_trace_of_ten_thousand_frames() -> None:
    """Is read as a whole or cut, and costs no more than its length."""
    frames = "".join(f"\tat com.acme.A{number % 90}.m{number}(A.java:{number})\n" for number in range(10_000))
    (one,) = explain(f"java.lang.IllegalStateException: gone\n{frames}", Library([]), Configuration())

    assert one.signature.frames == ("A2:m2", "A1:m1", "A0:m0")
    assert len(page((one,)).splitlines()) < 40
