"""What a search found, for a terminal and for a model."""

from collections.abc import Sequence

from bot.core.knowledge.error_codes import CodeMeaning
from bot.core.knowledge.search_hit import Hit
from bot.core.plain_text.plain_text import cut, one_line


def page(pages: Sequence[Hit], codes: Sequence[CodeMeaning], unread: str = "") -> str:
    """Each page in a few lines, the best first; control characters of the pages are left out."""
    found = [*map(code, codes), *map(_hit, pages)]
    notes = [f"({one_line(unread)})"] if unread else []
    return "\n\n".join([*(found or ["Nothing holds these words. Fewer or other words may find it."]), *notes])


def code(one: CodeMeaning) -> str:
    """One code of a catalogue."""
    return f"{one_line(one.catalogue)} {one_line(one.code)}: {cut(one_line(one.meaning), 600)}"


def _hit(hit: Hit) -> str:
    facts = " · ".join(fact for fact in (hit.status, hit.severity, f"last seen {hit.last_seen[:10]}" if hit.last_seen else "", _often(hit.occurrences)) if fact)
    line = hit.line.replace("**", "").replace("\\", "")
    said = "" if line == one_line(hit.title) else line
    lines = (cut(one_line(hit.title), 200), f"  {hit.name}" + (f" · {facts}" if facts else ""), f"  {said}" if said else "", f"  {hit.path}")
    return "\n".join(line for line in lines if line)


def _often(times: int) -> str:
    return "" if not times else f"{times} {'occurrence' if times == 1 else 'occurrences'}"
