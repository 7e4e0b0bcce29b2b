"""The words about runbooks and error codes where a diagnosis is read: which were followed, and which codes nobody has described yet."""

from collections.abc import Iterable

from bot.core.knowledge.told_guidance import RUNBOOK, new_codes_of, runbooks_of
from bot.model import Case
from bot.regex import regex
from bot.texts.markdown import code, fence, inline

_SPAN = regex(r"(?<![`\\\[])`(?P<path>knowledge/runbooks/[\w.-]{1,123})`(?!`)")
_CATEGORIES = "or deployment, database, application, infrastructure"


def runbooks_row(case: Case) -> str:
    """The runbooks that were chosen, for a cell of a table."""
    return ", ".join(f"{inline(one.title)} ({code(one.path, in_table=True)})" for one in runbooks_of(case))


def new_codes_section(case: Case) -> str:
    """Codes of the alert that no catalogue knows, with what to add; empty without any.

    It is text to be copied and no change of the branch: requests of several errors would otherwise meet in the last line of one file.
    """
    new = new_codes_of(case)
    if not new:
        return ""
    ready = "\n".join(f"{_key(one)}:\n  meaning: …\n  category: unknown # {_CATEGORIES}\n  severity: medium\n  causes: []\n  resolution: []" for one in new)
    many = len(new) > 1
    head = f"The alert names {'codes' if many else 'a code'} that {code('knowledge/codes.yml')} does not know: {', '.join(code(one) for one in new)}."
    return f"## New error codes\n\n{head} Say what {'they mean' if many else 'it means'}, and the next diagnosis knows:\n\n{fence(ready, 'yaml')}"


def with_links(markdown: str, paths: Iterable[str]) -> str:
    """A text of an entry in which each of these runbooks, named in code, is a link to its file; other names stay code."""
    known = {path for path in paths if RUNBOOK.fullmatch(path)}
    if not known:
        return markdown
    return _SPAN.sub(lambda span: _linked(span["path"]) if span["path"] in known else span[0], markdown)


def _linked(path: str) -> str:
    name = path.removeprefix("knowledge/")
    return f"[{inline(name)}](../{name})"


def _key(one: str) -> str:
    return f'"{one}"' if one[:1].isdigit() else one
