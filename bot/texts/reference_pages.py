"""The pages beside the entries that people look things up in: the codes, and the runbooks with their scopes."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from bot.core.knowledge.code_catalogue import Catalogue, KnownCode, family_of
from bot.core.knowledge.index_marks import within
from bot.core.knowledge.runbook import Runbook
from bot.core.plain_text.plain_text import cut, one_line
from bot.texts.markdown import code, inline, table

MAX_BYTES = 450_000
"""GitHub shows no page of more than 500 kB as one."""
_CODES = """# Error codes

What the codes of our services, providers and deploys mean, from [codes.yml](codes.yml). A code that is met in an alert is told in its diagnosis.
"""
_RUNBOOKS = """# Runbooks

What to do about a kind of failure. A diagnosis follows those whose scope holds, three at most, the most particular first.
How a scope is written: `docs/runbooks.md` of the bot.
"""


def codes_page(catalogue: Catalogue, page: str) -> str:
    """`knowledge/codes.md`: the codes by family; text of `page` outside the markers stays."""
    families: dict[str, list[tuple[str, KnownCode]]] = {}
    for name, known in catalogue.items():
        families.setdefault(family_of(name, known), []).append((name, known))
    parts = [f"{_number(len(catalogue), 'code')} in {_number(len(families), 'famil', 'y', 'ies')}."] if catalogue else ["No code yet."]
    for family in sorted(families, key=str.casefold):
        parts.append(f"## {inline(family[:1].upper() + family[1:])}")
        parts.append(table(("Code", "Means", "Category, severity", "Usual causes", "What resolves it"), tuple(_row(*one) for one in families[family])))
    return within(page, _bounded(parts, "codes.yml"), _CODES)


def runbooks_page(runbooks: Iterable[Runbook], page: str) -> str:
    """`knowledge/runbooks/README.md`: title and scope of each; text of `page` outside the markers stays."""
    rows = []
    for one in sorted(runbooks, key=lambda runbook: runbook.path):
        front = one.front
        guided = "; ".join(filter(None, (f"asks {', '.join(front.helps)}" if front.helps else "", f"skips {', '.join(front.skip)}" if front.skip else "")))
        rows.append(
            (
                f"[{inline(front.title)}]({quote(one.path.rpartition('/')[2])})",
                _scope(one),
                guided,
                ", ".join(code(name, in_table=True) for name in front.owners),
            )
        )
    return within(page, _bounded([table(("Runbook", "Scope", "Sources", "Owners"), tuple(rows)) or "No runbook yet."], "this folder"), _RUNBOOKS)


def _row(name: str, known: KnownCode) -> tuple[str, ...]:
    hint = ", ".join(part for part in (known.category if known.category != "unknown" else "", known.severity or "") if part)
    return (code(name, in_table=True), _cell(known.meaning), hint, _cells(known.causes), _cells(known.resolution))


def _scope(runbook: Runbook) -> str:
    front = runbook.front
    named: Mapping[str, tuple[str, ...]] = {
        "services": front.services,
        "environments": front.environments,
        "categories": front.categories,
        "codes": front.codes,
        "error types": front.error_types,
        "says": front.says,
        "facts": front.facts,
    }
    return "; ".join(f"{name}: {', '.join(code(one, in_table=True) for one in values)}" for name, values in named.items() if values)


def _cells(lines: tuple[str, ...]) -> str:
    return "<br>".join(_cell(line) for line in lines)


def _cell(text: str) -> str:
    return inline(cut(one_line(text), 500))


def _bounded(parts: list[str], rest: str) -> str:
    """Whole rows as far as there is room; the rest stays in the file that the page is made from."""
    words = "\n\n".join(parts)
    data = words.encode()
    if len(data) <= MAX_BYTES:
        return words
    room = data[:MAX_BYTES].decode(errors="ignore")
    return f"{room[: room.rfind(chr(10))]}\n\nThe rest stands in {rest}: the page would be larger than GitHub shows."


def _number(count: int, stem: str, one: str = "", many: str = "s") -> str:
    return f"{count} {stem}{one if count == 1 else many}"
