"""A case with real sources behind it, for tests of what is looked up while it is diagnosed: log files, a git repository, a knowledge folder."""

import json
import os
import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import Codebase, Configuration, Fields, Limits, LogFiles
from bot.config.claude import Claude
from bot.core.entry.library import Library
from bot.core.redaction.redaction import Redactor
from bot.core.signature import signature as signatures
from bot.jobs.lookups import Lookups
from bot.jobs.probing import CaseProbe
from bot.model import Alert, Case, Checkup, Evidence, Findings, Inquiry, LogEvent, Permalink
from bot.ports import Source
from bot.sources.code.code import CodeSource
from bot.sources.knowledge.knowledge import KnowledgeFolder
from bot.sources.logs.files import FileSource
from tests.work_tree import WorkTree

TS = "1765962764.835579"
POSTED = datetime.fromtimestamp(1765962764, UTC).replace(microsecond=835579)
TRACE, OTHER_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736", "aaaa2f3577b34da6a3ce929d0e0e4736"
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
CODE = '''"""Prices."""

LIMIT = 10


def price_of(sku: str) -> int:
    """The price of a thing."""
    found = table().get(sku)
    if found is None:
        raise KeyError(f"no price for {sku}")
    return found
'''


def line(message: str, seconds: float = -10, level: str = "INFO", service: str = "shop", **more: object) -> str:
    """A JSON log line so many seconds from the alert."""
    return json.dumps({"time": (POSTED + timedelta(seconds=seconds)).isoformat(), "level": level, "service": service, "message": message, **more})


LINES = (
    line("cache warmed for region eu", -1200),
    line("price table reloaded, 0 rows", -300, trace_id=OTHER_TRACE),
    line("asked for a price", -21, trace_id=TRACE),
    line("KeyError: no price for sku 4711", -20, "ERROR", trace_id=TRACE),
    line("reply sent with status 500", -19, service="gateway", trace_id=TRACE, order_id="A-99-B"),
    line(f"retry with token={SECRET}", -18, service="gateway"),
    "2025-12-17T09:12:30Z WARN importer: rows skipped\n  reason: column PRICE is empty",
)


def case(**changes: object) -> Case:
    """One error in the shop, with the one line that the first search found."""
    event = LogEvent(POSTED - timedelta(seconds=20), "KeyError: no price for sku 4711", "logs/shop.ndjson:4", "ERROR", "shop", trace_id=TRACE)
    alert = Alert(
        *(Permalink("acme.slack.com", "C08RB8T6CNS", TS), POSTED, "prod", "KeyError: no price for sku 4711"),
        error_type="KeyError",
        message="no price for sku 4711",
        service="shop",
        **changes,  # type: ignore[arg-type]
    )
    found = Evidence("log", "files", event.place, event.message, "E1", event.time, "", event)
    return Case(alert, signatures.of(alert), POSTED - timedelta(minutes=5), POSTED + timedelta(minutes=1), (found,))


def sources(root: Path, lines: tuple[str, ...] = LINES, limits: Limits | None = None) -> tuple[Source, ...]:
    """The shop's log files and code, as the configuration would make them."""
    (root / "logs").mkdir(exist_ok=True)
    (root / "logs" / "shop.ndjson").write_text("".join(f"{one}\n" for one in lines))
    codebase = Codebase("shop", path="shop", services=("shop",), url="https://github.com/acme/shop")
    return (
        FileSource("files", root, (LogFiles(("logs/*.ndjson",)),), Fields(), limits or Limits()),
        CodeSource(root, (codebase,)),
    )


class DatedTree(WorkTree):
    """A checkout whose commits were made before the alert."""

    def __call__(self, *arguments: str) -> str:
        """Run git, a day before."""
        day = (POSTED - timedelta(days=1)).isoformat()
        environment = {**os.environ, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
        return subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True, env=environment).stdout.strip()


def repository(root: Path) -> WorkTree:
    """The shop's code: a first version, then a change of the price's lookup."""
    folder = root / "shop"
    folder.mkdir()
    tree = DatedTree(folder)
    tree("init", "--quiet", "--initial-branch=main", "--template=", ".")
    for key, value in (("user.name", "Mira"), ("user.email", "mira@example.com"), ("commit.gpgsign", "false")):
        tree("config", key, value)
    tree.commits({"shop/prices.py": CODE.replace(".get(sku)", "[sku]"), "README.md": "# Shop\nno price for anything\n"}, "Prices")
    tree.commits({"shop/prices.py": CODE}, "Tolerate gaps in the price table (#7)")
    return tree


def lookups(root: Path, given: tuple[Source, ...], *, claude: Claude | None = None, limits: Limits | None = None, replayed: bool = False) -> Lookups:
    """What questions are answered from; the knowledge folder is the one below `root`."""
    shelf = KnowledgeFolder(root)
    configuration = Configuration(claude=claude or Claude(), limits=limits or Limits())
    return Lookups(given, Library.read(shelf.entries()), configuration, shelf, replayed=replayed)


def probe(root: Path, given: tuple[Source, ...] | None = None, about: Case | None = None) -> CaseProbe:
    """The probe of the case, over the given sources or the shop's own."""
    return CaseProbe(about or case(), lookups(root, sources(root) if given is None else given), Redactor())


class Answering:
    """A source that answers by a function, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Inquiry], Findings], name: str = "logs") -> None:
        self.name = name
        self.asked: list[Inquiry] = []
        self._answer = answer

    def gather(self, inquiry: Inquiry) -> Findings:
        """What it was told to answer."""
        self.asked.append(inquiry)
        return self._answer(inquiry)

    def examine(self) -> Iterable[Checkup]:
        """Nothing to examine."""
        return ()


def nothing(inquiry: Inquiry) -> Findings:
    """A search that finds nothing."""
    return Findings(queries=(f"logs: {' '.join(inquiry.words or inquiry.trace_ids)} → 0",))


def said(message: str) -> Callable[[Inquiry], Findings]:
    """One event."""
    return lambda inquiry: Findings((LogEvent(inquiry.end, message, "https://logs.example/1", "INFO", "shop"),), queries=("logs: one → 1",))


def ids(evidence: Iterable[Evidence]) -> list[str]:
    """Their numbers."""
    return [one.id for one in evidence]
