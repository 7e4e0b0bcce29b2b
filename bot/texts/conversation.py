"""What the bot answers on a pull request: what came of a command, and which words come next."""

from collections.abc import Sequence

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.request.slash_commands import Command
from bot.core.sql.approvable_query import ApprovableQuery
from bot.model import Evidence, Occurrence
from bot.texts.entry_occurrence import occurrence_block
from bot.texts.markdown import code, commit_message, fence, inline, link, sentence, title

MAX_ROWS = 20_000
_HELP = (
    ("/rediagnose <hint>", "diagnose the alert again with what you know; the answer joins this request, and your edits stay"),
    ("/approve-query <digest>", "run exactly the query of that digest, once and read-only, and diagnose again with its rows"),
    ("/merge-into <signature>", "this is the same error as another entry: its occurrence moves there"),
    ("/withdraw", "close this request; it comes back with new evidence only"),
    ("/help", "show this"),
)


def helped(command: Command) -> str:
    """What can be said here; first what was wrong with what was said."""
    rows = "\n".join(f"| {code(words, in_table=True)} | {meaning} |" for words, meaning in _HELP)
    problem = f"{sentence(command.problem)}\n\n" if command.problem else ""
    return (
        f"{problem}Begin a line of a comment with one of these; the first one of a comment counts, and only people who may write here are heard.\n\n"
        f"| Comment | What happens |\n| --- | --- |\n{rows}\n\n"
        "Whatever you edit on the branch is what is published: merge when it reads right. "
        f"{_next('/rediagnose <what you know>')}"
    )


def without_right() -> str:
    """To somebody who may not write here; said once for each request."""
    return (
        "Commands on this pull request are heard from people with write permission in this repository only. Nothing was done.\n\n"
        f"Ask a maintainer to say it, or for the right. {_next('/help')}"
    )


def closed(state: str) -> str:
    """On a request that has ended."""
    remedy = "its entry is published, and is corrected by a pull request of yours" if state == "merged" else "open it again with *Reopen* below first"
    return f"This request is {state}: {remedy}. Nothing was done. {_next('/help')}"


def rediagnosed(how: str, author: str, verdict: str, answer: str) -> str:
    """After a revision. `how` is "revised", "added" or "unchanged"; `answer` the diagnosis in one sentence."""
    done = {
        "revised": "The entry on this branch and the description above say it now.",
        "added": "You have edited the entry, so your words stay and the new diagnosis stands after them; the description above shows it whole.",
        "unchanged": "It says what the entry said already; the description above shows on what it rests.",
    }[how]
    hint = f" after a hint by {_who(author)}" if author else ""
    said = sentence(cut(one_line(answer), 600))
    return f"Diagnosed again{hint}: **{verdict}**. {said}\n\n{done} Merge when it reads right. {_next('/rediagnose <what else you know>')}"


def ran(query: ApprovableQuery, evidence: Evidence, approved_by: str) -> str:
    """The rows of an approved query."""
    return (
        f"The query {code(query.digest)} ran on {code(query.database)}, read-only and once, approved by {_who(approved_by)}.\n\n"
        f"{fence(query.sql, 'sql')}\n\n{fence(cut(evidence.text, MAX_ROWS))}\n\n"
        f"The alert is diagnosed again with these rows as evidence. {_next('/rediagnose <what the rows tell you>')}"
    )


def ran_before(url: str, earlier: str) -> str:
    """A second approval; the first one's answer is shown."""
    where = f"[its answer]({url})" if url.startswith("https://") else "its answer"
    return f"This query ran already, and runs once only: see {where}, repeated here.\n\n---\n\n{earlier}"


def did_not_run(digest: str, cause: str, remedy: str) -> str:
    """The database refused, or could not be reached."""
    return (
        f"The query {code(digest)} did not run: {sentence(cause)}\n\nTo mend it: {sentence(remedy)}. Then approve it again. {_next(f'/approve-query {digest}')}"
    )


def no_such_query(digest: str, there: Sequence[ApprovableQuery]) -> str:
    """An approval that is for none of the queries as they stand now."""
    if not there:
        return f"No query of this request has the digest {code(digest)}; it shows none that could run. Nothing was done. {_next('/rediagnose <what you know>')}"
    listed = "\n".join(f"- {code(query.digest)}: {sentence(cut(one_line(query.purpose), 300))}" for query in there[:10])
    return (
        f"No query of this request has the digest {code(digest)}. "
        "An edited query, or one of a later diagnosis, has a digest of its own, and no earlier approval is for it. "
        f"Nothing was done. These can be approved as they stand above:\n\n{listed}\n\n{_next(f'/approve-query {there[0].digest}')}"
    )


def withdrawn(author: str) -> str:
    """The request was closed by a command."""
    return (
        f"Closed by {_who(author)}'s `/withdraw`; thank you for looking. The alert's thread is not answered, and this diagnosis is not proposed again. "
        "Should an alert bring new evidence (another cause, other code, a regression), a new request is opened. "
        "The branch stays: *Reopen* below takes everything up again.\n\n"
        f"Next, after reopening: {code('/rediagnose <what you know>')}"
    )


def moved(name: str, url: str, author: str) -> str:
    """The occurrence stands in another request now."""
    return (
        f"Moved into {code(name)} by {_who(author)}: review it in {link(name, url)}. "
        "This request is closed, which is no “no”; its name becomes an alias there.\n\n"
        f"Next, there: {code('/help')}"
    )


def move(name: str, url: str) -> str:
    """For the description of the request that an occurrence moved to."""
    return (
        f"## Moved here\n\nThe occurrences of {code(name)} were moved here from {link('its own request', url)}: a reviewer says that it is this very error. "
        f"{code(name)} becomes an alias, and merging answers its alerts with what this entry says."
    )


def move_title(name: str, kept: str) -> str:
    """Title of a request that is opened by a move."""
    return title(f"Take {name} into {kept}", 140)


def move_commit(name: str, kept: str) -> str:
    """Its commit message."""
    return f"{commit_message(f'Take {name} into {kept}')}\n"


def failed(command: Command, why: tuple[str, str, str], again: str, run_url: str = "") -> str:
    """What kept a command from being carried out: `why` is what was being done, what came back, what to do; `again` the words to try it with."""
    doing, cause, remedy = (sentence(words) for words in why)
    run = f" The [run]({run_url}) says more." if run_url.startswith("https://") else ""
    return f"{code(command.text)} could not be carried out: {doing}: {cause}\n\nTo mend it: {remedy}.{run} Then say it again. {_next(again)}"


def again_commit(what: str, answer: str, author: str) -> str:
    """The commit message of a revision; read raw by GitHub, so it is plain words."""
    by = f", asked for by {cut(one_line(author), 80)}" if author else ""
    return f"{commit_message(f'Diagnose {what} again{by}')}\n\n{title(answer, 400)}\n"


def addition(occurrence: Occurrence, author: str) -> str:
    """A later diagnosis, for an entry that people have edited."""
    return f"**Diagnosed again**, asked for by {_who(author)}:\n\n{occurrence_block(occurrence)}"


def only_first(text: str) -> str:
    """Where a comment held several commands."""
    return f"Only the first command of a comment is carried out; the others were not.\n\n{text}"


def _who(author: str) -> str:
    return code(cut(one_line(author), 80)) if author else inline("a reviewer")


def _next(words: str) -> str:
    return f"Next: {code(words)}"
