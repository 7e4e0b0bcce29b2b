"""`python -m demo.samples`: what people get to see, made by the real jobs and drawn as GitHub and Slack draw it. The same text on every machine."""

import argparse
import html
import json
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot import wiring
from demo import sample_alerts as alerts
from demo.log_story import ALERT, KNOWN
from demo.pictures import browser, draw, smaller
from demo.rendering import page, thread
from demo.sample_story import Told, begun

FOLDER = Path("docs/samples")
_KEPT = "README.md"
"""Says what is what, and is written by people."""
_WIDE, _SLACK, _PHONE = 1000, 760, 375
_HEIGHTS = {"pull-request": 2000, "reply": 1500, "phone": 1200, "index": 1000, "post-mortem": 2000, "review": 1800}
_LABEL = r"\2"
_LINK = re.compile(r"<(https?://[^|>]+)\|([^>]+)>")


def main() -> int:
    """Write every sample anew, and its pictures where there is a browser."""
    made = samples()
    pages = [FOLDER / name for name in made if name.endswith(".html")]
    changed = [path for path in pages if _is_changed(path, made[path.relative_to(FOLDER).as_posix()])]
    pictures = {picture for path in pages for picture, _ in _pictures(path)}
    for path in FOLDER.rglob("*"):
        if path.is_file() and path.name != _KEPT and path not in pictures:
            path.unlink()
    for name, text in made.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    program = browser()
    if program is None:
        print(f"{len(changed)} pictures are not made anew: there is no Chromium on the PATH")
    for path in changed if program else ():
        for picture, (width, height) in _pictures(path):
            draw(str(program), path.resolve(), picture.resolve(), width, height)
            smaller(picture)
    return 0


def _pictures(page: Path) -> list[tuple[Path, tuple[int, int]]]:
    """Each picture of a page, with its width and height."""
    if page.stem != "reply":
        return [(page.with_suffix(".png"), (_WIDE, _HEIGHTS[page.stem]))]
    return [(page.with_suffix(".png"), (_SLACK, _HEIGHTS["reply"])), (page.with_name("reply-phone.png"), (_PHONE, _HEIGHTS["phone"]))]


def _is_changed(page: Path, text: str) -> bool:
    """Whether its pictures show something else by now."""
    return not page.exists() or page.read_text(encoding="utf-8") != text or not all(picture.exists() for picture, _ in _pictures(page))


def samples() -> dict[str, str]:
    """File name → text; what is specific to this run, the folder, is left out."""
    with tempfile.TemporaryDirectory(prefix="errata-") as temporary, begun(Path(temporary).resolve() / "demo") as story:
        rules = wiring.diagnoser(story.settings)
        known = story.diagnosed(KNOWN, rules)
        story.edited(known, "Jonas Lind", alerts.REVIEWED)
        told = {"recurring": story.published(known, "Jonas Lind")}
        told["regression"] = story.published(story.diagnosed(ALERT, rules), "Mira Okafor")
        told["new"] = story.published(story.diagnosed(alerts.UNKNOWN, story.model()), "Jonas Lind")
        told["answered-at-once"] = story.answered(alerts.LATER, rules)
        pages = {
            "post-mortem": story.postmortem(ALERT, story.name_of(ALERT)),
            "review": story.review("2025-W51"),
            "index": story.text("knowledge/README.md"),
        }
        issue = story.issue()
        base = story.world.knowledge_base
    made = {f"{kind}/{name}": text for kind, one in told.items() for name, text in _case(kind, one).items()}
    made |= {f"{name}.md": text for name, text in pages.items()} | {f"{name}.html": page(name, text) for name, text in pages.items()}
    made["regression/tracking-issue.md"] = issue
    return {name: text.replace(f"{base.as_uri()}/", "").replace(f"{base}/", "") for name, text in sorted(made.items())}


def _case(kind: str, one: Told) -> dict[str, str]:
    """The files of one alert."""
    return {
        "alert.txt": f"{one.alert}\n",
        "pull-request.md": one.request,
        "pull-request.html": page(f"Pull request: {kind}", one.request, comment=True),
        "entry.md": one.entry,
        "reply.json": f"{json.dumps([{'text': message['text'], 'blocks': message['blocks']} for message in one.replies], indent=1, ensure_ascii=False)}\n",
        "reply.txt": "\n".join(words(message) for message in one.replies),
        "reply.html": thread(f"Reply: {kind}", one.alert, one.replies),
    }


def words(message: Mapping[str, Any]) -> str:
    """What a message says, for a reader without Slack: its blocks as text, links as their labels, and below where they lead."""
    told = (block["text"]["text"] if "text" in block else " ".join(one["text"] for one in block["elements"]) for block in message["blocks"])
    return "".join(f"{html.unescape(_LINK.sub(_LABEL, text))}\n{''.join(f'→ {link}{chr(10)}' for link in _leads(text))}\n" for text in told)


def _leads(text: str) -> list[str]:
    """Where its links lead, each once."""
    return [html.unescape(address) for address in dict.fromkeys(match[1] for match in _LINK.finditer(text))]


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m demo.samples", description=__doc__).parse_args()
    sys.exit(main())
