"""The answer to a command: what it asked for is done where that means writing, and one comment says what came of it."""

from typing import NamedTuple, Protocol

from bot.core.redaction.redaction import Redactor
from bot.core.sql.approvable_query import queries_in, query_of
from bot.errors import BotError
from bot.jobs.amend import amend
from bot.jobs.failure_note import FailureNote, note_of
from bot.jobs.move_occurrence import move_occurrence
from bot.jobs.proposal_directory import Proposed
from bot.jobs.propose import Run
from bot.jobs.query import QueryRun
from bot.jobs.revise import Asked
from bot.ports import Conversation, Transcript, Upkeep
from bot.texts import conversation as texts

LOST = FailureNote("carrying it out", "the job ended before it could say why", "look at the run")


class Found(NamedTuple):
    """What the jobs that read have left: a diagnosis, the rows of a query, or why there is none."""

    proposed: tuple[Proposed, ...] = ()
    run: QueryRun | None = None
    failure: FailureNote | None = None


class Talk(Conversation, Transcript, Protocol):
    """Both sides of what is said on a request."""


class Response:
    """One answer: the adapters, and where the workflow's run can be seen."""

    def __init__(self, conversation: Talk, upkeep: Upkeep, run: Run, run_url: str = "") -> None:
        self.conversation, self.upkeep, self.run, self.say, self.run_url = conversation, upkeep, run, run.say, run_url

    def respond(self, asked: Asked, found: Found) -> FailureNote | None:
        """Do it and say it. Returns what could not be done, which the request has been told. Raises ForgeError where not even that can be said."""
        try:
            failure = self._carried_out(asked, found)
        except BotError as error:
            failure = note_of(error)
        if failure is not None:
            # Rows that are told already are found again by the next diagnosis, and not asked for twice.
            again = "/rediagnose" if found.run is not None and found.run.evidence is not None else asked.command.text
            self._answer(asked, texts.failed(asked.command, (failure.doing, failure.cause, failure.remedy), again, self.run_url))
        return failure

    def _carried_out(self, asked: Asked, found: Found) -> FailureNote | None:
        kind = asked.command.kind
        if kind == "rediagnose":
            return self._amended(asked, found)
        if kind == "approve-query":
            return self._approved(asked, found)
        request = self.conversation.request(asked.request)
        if request.state == "merged":  # after the command was heard; what this very command closed is finished all the same
            self._answer(asked, texts.closed(request.state))
            return None
        if kind == "withdraw":
            # Said first: a crash between the two leaves an open request, and the command can be given again.
            self._answer(asked, texts.withdrawn(asked.author))
            self.conversation.close(asked.request)
            self.say(f"closed request {asked.request}")
        elif kind == "merge-into":
            there = move_occurrence(request, asked.command.argument, self.run.forge, self.run.library, self.say)
            kept = self.run.library.called(asked.command.argument)
            self._answer(asked, texts.moved(kept.meta.signature if kept is not None else asked.command.argument, there.url, asked.author))
            # No "no": until the other request is merged, an alert of this error still needs a request of its own.
            self.upkeep.lapse(asked.request)
        return None

    def _amended(self, asked: Asked, found: Found) -> FailureNote | None:
        if not found.proposed:
            return found.failure or LOST
        how = amend(asked, found.proposed, self.conversation, self.run)
        diagnosis = found.proposed[0].diagnosis
        author = asked.author if asked.hint is not None else ""
        self._answer(asked, texts.rediagnosed(how, author, diagnosis.verdict, diagnosis.summary))
        self.say(f"request {asked.request}: {how}")
        return None

    def _approved(self, asked: Asked, found: Found) -> FailureNote | None:
        digest, request = asked.command.argument, self.conversation.request(asked.request)
        run = found.run if found.run is not None and found.run.digest == digest else None
        earlier = self.conversation.said(asked.request, f"query/{digest}")
        query = query_of(request.body, digest)
        if earlier and run is None:
            self._answer(asked, texts.ran_before(f"{request.url}#issuecomment-{earlier[-1].id}", earlier[-1].text))
        elif query is None:
            self._answer(asked, texts.no_such_query(digest, queries_in(request.body)))
        elif run is None:
            return found.failure or LOST
        elif run.evidence is None:
            self._answer(asked, texts.did_not_run(digest, run.cause, run.remedy))
        else:
            # The rows first: whatever becomes of the diagnosis, they are not asked for twice.
            self._say(asked, texts.ran(query, run.evidence, asked.author), f"query/{digest}")
            return self._amended(asked, found)
        return None

    def _answer(self, asked: Asked, text: str) -> None:
        self._say(asked, texts.only_first(text) if asked.command.more else text, f"answer/{asked.remark}")

    def _say(self, asked: Asked, text: str, marker: str) -> None:
        # The last door: an answer quotes rows, causes and what people wrote.
        self.conversation.say(asked.request, Redactor().text(text), marker)
