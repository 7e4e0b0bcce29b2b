"""What is said of errors that came together; those that share no more than the minute are told as that."""

from bot.core.plain_text.plain_text import cut, one_line
from bot.texts.markdown import code, inline, link


def section(companions: tuple[tuple[str, str, str], ...]) -> str:
    """Part of a pull request's body: name, address and reason of each companion."""
    lines = [f"- {link(name, url)}: {_reason(reason)}" for name, url, reason in companions]
    what = "another error" if len(lines) == 1 else f"{len(lines)} other errors"
    if all(reason.startswith("within") for _, _, reason in companions):
        return "\n".join((f"## Alerted at the same time as {what}", "", *lines, "", "No more than that is known: whether they have one cause is open."))
    return "\n".join((f"## Part of one incident with {what}", "", *lines, "", "Review them together: whether they have one cause is not known."))


def unknown(cause: str) -> str:
    """The other requests could not be read."""
    return f"whether other errors belong to the same incident is not known: {cut(one_line(cause), 300)}"


def _reason(reason: str) -> str:
    kind, _, value = reason.rpartition(" ") if reason.startswith("the same trace") else (reason, "", "")
    return f"{inline(kind)} {code(value)}" if value else inline(reason)
