"""What is said of errors that look like one incident."""

from bot.core.plain_text.plain_text import cut, one_line
from bot.texts.markdown import code, inline, link


def section(companions: tuple[tuple[str, str, str], ...]) -> str:
    """Part of a pull request's body: name, address and reason of each companion."""
    lines = [f"- {link(name, url)}: {_reason(reason)}" for name, url, reason in companions]
    what = "another error" if len(lines) == 1 else f"{len(lines)} other errors"
    return "\n".join((f"## Part of one incident with {what}", "", *lines, "", "Review them together: one cause may explain all of them."))


def unknown(cause: str) -> str:
    """The other requests could not be read."""
    return f"whether other errors belong to the same incident is not known: {cut(one_line(cause), 300)}"


def _reason(reason: str) -> str:
    kind, _, value = reason.rpartition(" ") if reason.startswith("the same trace") else (reason, "", "")
    return f"{inline(kind)} {code(value)}" if value else inline(reason)
