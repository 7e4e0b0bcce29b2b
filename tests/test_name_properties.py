"""Whatever a trace or a message holds, there is a name for it, and the name is safe and short."""

import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.signature import signature
from bot.core.signature.frame_name import name_of
from bot.core.signature.normalization import dropped, normalised
from bot.model import Alert, Frame, Permalink

pytestmark = pytest.mark.slow

LINK = Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.835579")
NOON = datetime(2025, 12, 17, tzinfo=UTC)
FRAGMENTS = (
    '10.0.0.1 :80 / /a \\ C:\\ = key= \' " ` [ ] , { } {" ": <n> <value> < > user for from by 5 kb ms a1 _ - . 0x1f @ a@b.de http:// jan mon '
    "2025-12-16 06:01:25 utc code 404 errno sha256 utf-8 é ５ \u0338 İ ß \x00 \u202e \ud800 # ( ) | ; ~ % x"
)
PIECES = st.sampled_from(FRAGMENTS.split(" "))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet="aZ0$<>()[]{}:.#/\\-_'`, |d", max_size=400), st.text(max_size=60))
def test_a_frame_of_anything_has_a_name(function: str, file: str) -> None:
    """Nothing that a trace can hold breaks the reading, and a name holds no folder."""
    name = name_of(Frame(function, f"/srv/41/{file}", 1))

    assert "/srv/41" not in name


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    culprit=st.text(max_size=80) | st.from_regex(r"[./\\A-Za-z0-9_$-]{1,90}", fullmatch=True),
    error_type=st.text(max_size=80) | st.from_regex(r"[.:$A-Za-z]{1,90}", fullmatch=True),
    message=st.text(max_size=80),
    places=st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30) | st.none(), st.text(max_size=30) | st.none()), max_size=5),
)
def test_a_name_is_always_safe(culprit: str, error_type: str, message: str, places: list[tuple[str, str | None, str | None]]) -> None:
    """Whatever an alert says, its names are file names and parts of a branch's name."""
    frames = tuple(Frame(function, file, 1, module) for function, file, module in places)
    found = signature.of(Alert(LINK, NOON, "prod", "", message=message, culprit=culprit, error_type=error_type, frames=frames))

    for name in (found.name, *found.earlier[1::2], signature.name_of(found.culprit, found.error_type, found.fingerprint, 32)):
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,120}", name)
        assert ".." not in name
        assert not name.startswith((".", "-"))


@settings(max_examples=1_500, deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=400), st.lists(st.one_of(PIECES, st.just(" ")), max_size=60).map("".join)))
def test_normalisation_is_idempotent_and_safe(message: str) -> None:
    """Whatever a message holds, once is enough, it is short, on one line, and it can be explained and stored."""
    once = normalised(message)

    assert normalised(once) == once
    assert len(once) <= 300
    assert "\n" not in once
    assert once.encode() is not None
    assert all(kind.isalpha() for _, kind in dropped(message))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(PIECES, min_size=1, max_size=4).map("".join).map(lambda piece: (piece * 4_000)[:4_000]))
def test_the_cost_is_bounded(message: str) -> None:
    """No repetition of anything makes a rule slow."""
    started = time.process_time()
    once = normalised(message)

    assert time.process_time() - started < 1.0
    assert normalised(once) == once
