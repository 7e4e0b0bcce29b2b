"""Made-up secrets in everything that is read, every command run: none comes out in a file, a request, an answer, a log or a commit."""

from pathlib import Path

import pytest

from bot.core.redaction.redaction import Redactor
from tests.attack import NAME
from tests.chain import Chain
from tests.leaks import forms, left, lived, pieces, planted, written
from tests.reviewing import Review
from tests.test_attack import SECRETS

pytestmark = pytest.mark.slow

# What Markdown escapes stands in it on purpose: a secret must be seen before it is written as Markdown.
ESCAPED = ("connect with password={}", "tr0ub4dor_*" + "horse_[x]~9")
TEXTS = {template.format(secret): secret for template, secret in (*SECRETS.values(), ESCAPED)}
BY_PEOPLE = (f"knowledge/errors/{NAME}.md", "knowledge/runbooks/leaves.md", "knowledge/codes.yml", "knowledge/reviews/2025-W49.md")


def came_out(found: dict[str, str]) -> list[tuple[str, str]]:
    """Which secret, and where: every piece of half its length that the redactor takes out of the text itself."""
    by_right = "\n".join(Redactor().text(text) for text in TEXTS)
    sought = {secret: {piece for piece in pieces(secret) if piece not in by_right} for secret in TEXTS.values()}
    assert all(sought.values())
    shown = {place: list(forms(text)) for place, text in found.items()}
    return [(secret, place) for place, texts in shown.items() for secret, gone in sought.items() if any(piece in text for text in texts for piece in gone)]


@pytest.mark.parametrize("by_people", [False, True], ids=["read", "merged by people"])
def test_no_secret_comes_out_anywhere(
    house: Chain, by_people: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alert, thread, logs, code, commits, database, payload and hint; or entry, runbook, codes and review, which alone keep what people wrote."""
    (runs := tmp_path / "runs").mkdir()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(runs / "summary"))
    read = ["nothing to hide"] if by_people else list(TEXTS)
    monkeypatch.setenv("SHOP_DATABASE", str(planted(house, read)))
    if by_people:
        written(house, list(TEXTS))
    lived(Review(house, runs / "review", monkeypatch), read, runs)
    told = capsys.readouterr()
    found = left(house, runs, told.out + told.err, by_people=BY_PEOPLE if by_people else ())

    assert len(found) > 20
    assert came_out(found) == []
