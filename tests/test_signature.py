"""The name of an error stays the same for years and tells different problems apart."""

import re
import string
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import signature
from bot.model import Alert, Frame, Permalink


def alert(message: str = "insufficient leaf balance", **said: object) -> Alert:
    """An alert that says this of itself."""
    told = {"culprit": "transfer_handler", "error_type": "ValidationError", **said}
    return Alert(Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.835579"), datetime(2025, 12, 17, tzinfo=UTC), "prod", "", message=message, **told)  # type: ignore[arg-type]


def table() -> list[tuple[str, str]]:
    """The rows of the module's docstring: alert, signature."""
    rows = [line.strip("| ").split(" | ") for line in (signature.__doc__ or "").splitlines() if line.startswith(("| `", "| the same"))]
    return [(row[0], row[1].strip("` |")) for row in rows]


def test_the_table_in_the_docstring_is_true() -> None:
    """Each row of the table is what the code answers."""
    names, last = [], ("", "", "")
    for told, _ in table():
        if match := re.match(r"`(\w+): (.*)` in `(\w+)`", told):
            last = (match[1], match[2], match[3])
            names.append(signature.of(alert(last[1], error_type=last[0], culprit=last[2])).name)
        else:
            more = re.search(r"`(.*)`", told)
            assert more
            names.append(signature.of(alert(f"{last[1]} {more[1]}", error_type=last[0], culprit=last[2])).name)

    assert names == [row[1] for row in table()]
    assert len(names) == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("timeout after 30s", "timeout after 5 s"),
        ("user 0199502d-9301-7790-8004-b77561fd6e44 is locked", "user 019a800e-12ec-7012-8f40-787d0dea54cb is locked"),
        ("connect to 10.0.0.1:5432 refused", "connect to 192.168.7.12:5433 refused"),
        ("at 2025-12-16T06:01:25Z it stopped", "at 2025-12-17 09:12:44.835 it stopped"),
        ("GET https://a.example/x?y=1 failed", "GET https://b.example/z failed"),
        ("no file /srv/app/releases/41/data.csv", "no file /srv/app/releases/42/data.csv"),
        ("object 0xdeadbeef freed", "object 0x7ffe1234 freed"),
        ("pod transfers-7d9f8b6c5-x2x4z evicted", "pod transfers-5c6b8f9d7-q8w1e evicted"),
        ("mail to a@example.com bounced", "mail to someone.else@example.org bounced"),
    ],
)
def test_what_varies_does_not_count(one: str, other: str) -> None:
    """Ids, times, hosts, paths and counts change nothing."""
    assert signature.of(alert(one)) == signature.of(alert(other))


@pytest.mark.parametrize(
    "other",
    [
        alert("insufficient fee balance"),
        alert(error_type="TransferError"),
        alert(culprit="lightning_handler"),
        alert(frames=(Frame("select_leaves", "transfers/select.py", 4),)),
    ],
)
def test_another_problem_has_another_name(other: Alert) -> None:
    """Another sentence, type, culprit or failing function is another error."""
    assert signature.of(alert()).name != signature.of(other).name


def test_line_numbers_and_library_frames_do_not_count() -> None:
    """A moved line and one more library frame keep the signature."""
    before = (Frame("handle", "/srv/41/transfers/transfer_handler.py", 24),)
    after = (Frame("handle", "/srv/42/transfers/transfer_handler.py", 31), Frame("execute", "/usr/lib/python3.11/site-packages/x.py", 9, in_app=False))

    assert signature.of(alert(frames=before)) == signature.of(alert(frames=after))


def test_the_type_counts_without_its_module() -> None:
    """`django.core.exceptions.ValidationError` is `ValidationError`."""
    assert signature.of(alert(error_type="django.core.exceptions.ValidationError")) == signature.of(alert())


def test_a_colliding_name_grows() -> None:
    """More digits of the same fingerprint tell two errors of one short name apart."""
    found = signature.of(alert())

    assert signature.name_of(found.culprit, found.error_type, found.fingerprint, 8).startswith(found.name)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=300))
def test_normalisation_is_idempotent(message: str) -> None:
    """A message that was normalised once is as it stays."""
    once = signature.normalised(message)

    assert signature.normalised(once) == once


@settings(max_examples=60, deadline=None, derandomize=True)
@given(culprit=st.text(max_size=80), error_type=st.text(max_size=80), message=st.text(max_size=80))
def test_a_name_is_always_safe(culprit: str, error_type: str, message: str) -> None:
    """Whatever an alert says, its signature is a file name of at most 120 safe characters that does not begin with a dot."""
    name = signature.of(alert(message, culprit=culprit, error_type=error_type)).name

    assert set(name) <= set(string.ascii_letters + string.digits + "._-")
    assert 8 <= len(name) <= 120
    assert not name.startswith((".", "-"))


def test_a_long_line_costs_little() -> None:
    """400 KB without a space are cut before any rule reads them."""
    assert signature.normalised("a" * 400_000) == "a" * 300
