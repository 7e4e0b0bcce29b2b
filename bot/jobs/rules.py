"""The rules of diagnosis at work: listed, held against their examples, packed."""

from pathlib import Path

from bot.core.rules.check import Verdict, verdicts
from bot.core.rules.reading import layered
from bot.core.rules.rule import Broken
from bot.diagnosers.rule_book import COMPILED, FOLDER, RuleBook, compiled, own, shipped, source
from bot.errors import BadCommand
from bot.model import Record
from bot.texts.rules import page as rules_page

PAGE = Path("docs") / "rules.md"


class Tested(Record, frozen=True):
    """What the examples of some rules came to."""

    rules: int
    verdicts: tuple[Verdict, ...]
    broken: tuple[Broken, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a rule is broken or an example fails; one that another rule takes is told and is no failure."""
        return bool(self.broken) or any(one.failed for one in self.verdicts)


def test(root: Path, folder: Path | None, book: RuleBook) -> Tested:
    """The rules of a folder (None: those at hand) against their own examples, ranked among all. Raises BadCommand."""
    if folder is None:
        return Tested(len(book.rules), verdicts(book.rules), book.broken)
    if not folder.is_dir():
        raise BadCommand(f"testing the rules of {folder}", "there is no such folder", f"name a folder of rule files, such as {FOLDER}")
    layer = own(folder, root)
    return Tested(len(layer.rules), verdicts(layer.rules, layered(shipped().rules, layer)), layer.broken)


def pack(root: Path) -> tuple[Path, ...]:
    """Write the packed rules and their page anew, and return where they are. Raises BadCommand for a broken rule or outside of a checkout."""
    from_texts, broken = compiled(source())
    if broken:
        first = broken[0]
        raise BadCommand(f"packing the rules: {first.path}:{first.line}", first.cause, first.remedy)
    packed = source() / COMPILED
    packed.write_bytes(from_texts)
    shipped.cache_clear()
    page = root / PAGE
    if not page.parent.is_dir():
        raise BadCommand(f"writing {page}", "there is no such folder", "run it in a checkout of the bot")
    page.write_text(rules_page(shipped().rules), encoding="utf-8", newline="\n")
    return packed, page
