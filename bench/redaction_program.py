"""`python -m bench.redaction --program DIR`: rows with secrets that others collected, in everything that the program reads; what comes out anywhere is counted.

DIR holds files `*.jsonl` or `*.jsonl.gz` whose rows have `text` and `secret`.
What the redactor itself does not know is counted apart: no door can take that out.
"""

import contextlib
import gzip
import io
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.figures import Figure, say, show
from bot.core.redaction.redaction import Redactor
from tests.attack import NAME
from tests.chain import Ground, chain, ground
from tests.leaks import forms, left, lived, pieces, planted, written
from tests.reviewing import Review

AT_ONCE = 40
_BY_PEOPLE = (f"knowledge/errors/{NAME}.md", "knowledge/runbooks/leaves.md", "knowledge/codes.yml", "knowledge/reviews/2025-W49.md")


class Row(NamedTuple):
    """A text with a secret, behind a word by which it is found again wherever it arrives."""

    name: str
    text: str
    secret: str

    @property
    def marked(self) -> str:
        """With that word."""
        return f"{self.text} {self.name}"


class Leak(NamedTuple):
    """A piece of a secret that the redactor takes out of its row, found in a place."""

    row: str
    place: str


def rows(folder: Path) -> Iterator[Row]:
    """Every row with a secret of the folder's files."""
    for file in sorted((*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz"))):
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                row = json.loads(line)
                if row["secret"]:
                    yield Row(f"zqrow{number:05d}q", row["text"], row["secret"])


def measure(folder: Path, by_people: bool) -> bool:
    """Print what came out, and in how many places rows arrived; whether nothing did that could have been taken out."""
    given = list(rows(folder))
    leaks, arrived, places, unknown = list[Leak](), Counter[str](), Counter[str](), 0
    with tempfile.TemporaryDirectory() as made, ground(Path(made) / "ground") as built:
        plain = "\n".join(_walked([Row("zqrow", "nothing to hide", "")], built, Path(made) / "plain", by_people=by_people).values())
        for at in range(0, len(given), AT_ONCE):
            batch = given[at : at + AT_ONCE]
            found = _walked(batch, built, Path(made) / f"house-{at}", by_people=by_people)
            sought = _sought(batch, plain)
            unknown += sum(not one for one in sought.values())
            for place, text in found.items():
                here = [row.name for row in batch if row.name in text]
                arrived.update(here)
                places.update([_kind(place)] * len(here))
                shown = list(forms(text))
                out = [Leak(row, place) for row, gone in sought.items() if any(piece in form for form in shown for piece in gone)]
                for leak in out:
                    say(f"{leak.row}: {leak.place}")
                leaks += out
    said = sorted({leak.row for leak in leaks})
    figures = [
        Figure(f"secrets in everything that is {'kept by people' if by_people else 'read'}: came out, of {len(given):,}", len(said), 0, ""),
        Figure("rows whose secret the redactor itself does not take out", unknown, None, ""),
        Figure("rows that arrived somewhere, without their secret", sum(1 for row in given if arrived[row.name]), None, ""),
        *(Figure(f"rows that arrived in: {kind}", count, None, "times") for kind, count in places.most_common()),
    ]
    return show("Secrets, through every input to every destination", figures)


def _walked(batch: Sequence[Row], built: Ground, folder: Path, *, by_people: bool) -> dict[str, str]:
    texts, out = [row.marked for row in batch], io.StringIO()
    with chain(folder, built) as house, pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        (runs := folder / "runs").mkdir()
        for name, value in {**house.environment, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(runs / "summary")}.items():
            patch.setenv(name, value)
        patch.setenv("SHOP_DATABASE", str(planted(house, ["nothing"] if by_people else texts)))
        if by_people:
            written(house, texts)
        lived(Review(house, runs / "review", patch), ["nothing"] if by_people else texts, runs)
        return left(house, runs, out.getvalue(), by_people=_BY_PEOPLE if by_people else ())


def _sought(batch: Iterable[Row], plain: str) -> dict[str, set[str]]:
    """What of each secret is taken out of its row, and stands nowhere else by right."""
    by_right = "\n".join((plain, *(Redactor().text(row.marked) for row in batch)))
    return {row.name: {piece for piece in pieces(row.secret) if piece not in by_right} for row in batch}


def _kind(place: str) -> str:
    first, _, rest = place.partition(" ")
    return f"{first} {os.path.basename(rest)}" if first == "file" else first.split(":")[-1].rpartition("/")[0] or first
