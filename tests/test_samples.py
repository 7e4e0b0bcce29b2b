"""docs/samples is what the demo makes: the bot's own words, on alerts of a made-up service."""

import json
import re

import pytest

from demo.samples import samples
from tests.pages import ROOT

pytestmark = pytest.mark.slow


def test_the_samples_are_what_the_demo_makes() -> None:
    """`python -m demo.samples` writes them anew; no path of the machine that made them is in them."""
    folder = ROOT / "docs" / "samples"
    made = samples()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.suffix != ".png"}

    assert there == {*made, "README.md"}
    assert [name for name, text in made.items() if (folder / name).read_text(encoding="utf-8") != text] == []
    assert not re.search(r"file:|/tmp|/home|errata-\w{8}", "\n".join(made.values()))


def test_they_are_drawn_as_their_readers_see_them() -> None:
    """Nothing of a page shows its marks: no HTML but what folds, no Markdown left in a heading or a cell; each page has its picture."""
    folder = ROOT / "docs" / "samples"
    for page in folder.rglob("*.html"):
        body = re.sub(r"<(code|pre)\b.*?</\1>", "", page.read_text(encoding="utf-8").partition("<main>")[2], flags=re.DOTALL)
        assert not re.search(r"\*\*|\]\(|\[!|<!--|&lt;details|\[unverified\]", body), page
        assert page.with_suffix(".png").exists(), page
    assert sum(picture.stat().st_size for picture in folder.rglob("*.png")) < 1_500_000


def test_messages_keep_to_the_limits_of_slack() -> None:
    """3,000 characters for a text, 50 blocks; mrkdwn has no Markdown in it."""
    for kept in (ROOT / "docs" / "samples").glob("*/reply.json"):
        for message in json.loads(kept.read_text(encoding="utf-8")):
            texts = [text["text"] for block in message["blocks"] for text in block.get("elements", [block.get("text")])]
            assert len(texts) <= 50
            assert max(map(len, texts)) <= 3_000
            assert not any("**" in text or "](" in text for text in texts), kept
