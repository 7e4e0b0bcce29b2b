"""The samples in docs/upkeep.md are what the code writes; `python -m tests.test_upkeep_page` writes them anew."""

import re
from datetime import timedelta

from bot.core.upkeep.board_figures import Thresholds
from bot.core.upkeep.board_figures import figures as board_figures
from bot.core.upkeep.review_figures import figures
from bot.core.upkeep.review_period import named
from bot.texts import board, weekly_review
from tests.pages import ROOT
from tests.upkeep import NOW, a_week

PAGE = ROOT / "docs" / "upkeep.md"


def samples() -> dict[str, str]:
    """Name → Markdown, of the shop's week."""
    entries, requests = a_week()
    limits = {"critical": timedelta(minutes=15), "high": timedelta(hours=1), "medium": timedelta(hours=4), "low": timedelta(weeks=1)}
    stands = board_figures(requests, [entry.meta for entry in entries], limits, Thresholds(gaps_from=2), NOW)  # type: ignore[arg-type]
    done = (board.line(NOW, "opened [request 39](https://github.com/acme/knowledge/pull/39) again, asked by mira"),)
    return {
        "board": board.board(stands, done, lambda path: f"https://github.com/acme/knowledge/blob/main/{path}"),
        "review": weekly_review.page(figures(entries, requests, named("2026-W47"))).strip(),
    }


def filled(text: str) -> str:
    """The page with its samples."""
    for name, sample in samples().items():
        block = f"<!-- sample:{name} -->\n<details>\n<summary>A sample</summary>\n\n````markdown\n{sample}\n````\n\n</details>\n<!-- /sample:{name} -->"
        text = re.sub(rf"<!-- sample:{name} -->.*?<!-- /sample:{name} -->", lambda _, block=block: block, text, flags=re.DOTALL)  # type: ignore[misc]
    return text


def test_the_samples_are_what_the_code_writes() -> None:
    """Board and review of one week, from the same fixture as the tests."""
    text = PAGE.read_text(encoding="utf-8")

    assert text == filled(text)
    assert text.count("````markdown") == 2


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
