"""What became of the runs of a procedure in Odoo: the newest run of each error, in two calls. Reads only."""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from bot.config import Secret
from bot.config.tracking import Odoo
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import TrackerError
from bot.model.finished import TrackedIssue, TrackedStates
from bot.regex import regex
from bot.trackers.odoo_rpc import OdooRpc
from bot.trackers.odoo_runs import DOCUMENT, MARK, OPENS, RUN, STEP, Document, RunStep, ident, moment

MOST_RUNS = 1_000
_DONE_LINE = regex(r"\ADone \d{1,9} min after the run was opened")
_DECLINED = ("failed", "cancelled", "canceled")


class EndedRun(msgspec.Struct, frozen=True):
    """A run and when it ended: `2025-12-17 09:12:44`, in UTC; Odoo writes what is empty as false."""

    id: int
    state: str | bool = ""
    end_time: str | bool = ""
    write_date: str | bool = ""


class OdooWork:
    """A TrackedWork on the runs of one procedure; the signature is the mark that a diagnosis left in a step."""

    def __init__(self, url: str, login: str, key: Secret, settings: Odoo, seconds: float = 30.0) -> None:
        self._rpc = OdooRpc(url, login, key, settings, seconds)
        self._url, self._settings = url.rstrip("/"), settings

    def states(self) -> TrackedStates:
        """See `TrackedWork.states`. An error has a run for each alert: the newest one tells."""
        doing = "asking what became of the runs"
        domain = [["sop_id.code", "=", self._settings.procedure]]
        runs = self._runs(domain, doing, MOST_RUNS)
        steps = self._steps([run.id for run in runs], doing)
        newest = dict[str, int]()
        for step in steps:
            for name in _names(step):
                newest[name] = max(newest.get(name, 0), ident(step.run_id))
        found = [self._noun(run, name) for run in runs for name, run_id in newest.items() if run_id == run.id]
        return TrackedStates(tuple(found), unseen=len(runs) == MOST_RUNS)

    def issue(self, reference: str) -> TrackedIssue:
        """See `TrackedWork.issue`; `reference` is `run 12`, then the name of the error whose run it is. What the steps say ended it are its words."""
        number, _, name = reference.removeprefix("run ").partition(" ")
        doing = f"reading {one_line(reference)[:140]}"
        found = self._runs([["id", "=", int(number)]], doing, 1) if re.fullmatch(r"[1-9]\d{0,8}", number) else []
        if not found:
            raise TrackerError(f"{doing} (Odoo)", "there is no such run", "resolve the entry by hand where it is over: bot resolve <signature> --because …")
        steps = self._steps([found[0].id], doing)
        ours = any(name in _names(step) for step in steps)
        return self._noun(found[0], name if ours else "", self._words(steps, doing))

    def _runs(self, domain: Sequence[Sequence[object]], doing: str, limit: int) -> list[EndedRun]:
        fields = ["state", "end_time", "write_date"]
        return self._rpc.call(RUN, "search_read", [domain], list[EndedRun], doing, fields=fields, limit=limit, order="write_date desc, id desc")

    def _steps(self, runs: list[int], doing: str) -> list[RunStep]:
        domain: list[object] = [["run_id", "in", runs], ["actual_result", "like", OPENS]]
        return self._rpc.call(STEP, "search_read", [domain], list[RunStep], doing, fields=["run_id", "step_id", "state", "actual_result"])

    def _words(self, steps: list[RunStep], doing: str) -> str:
        """The first paragraph of the step that fixes, the fourth, once it is done."""
        document = self._rpc.call(DOCUMENT, "search_read", [[["code", "=", self._settings.procedure]]], list[Document], doing, fields=["step_ids"], limit=1)
        fix = document[0].step_ids[3:4] if document else []
        said = [str(step.actual_result or "") for step in steps if ident(step.step_id) in fix and step.state == "completed"]
        parts = [part.strip() for one in said for part in MARK.sub("", one[:10_000]).split("\n\n")]
        return cut(one_line(next((part for part in parts if part and not _DONE_LINE.match(part)), "")), 300)

    def _noun(self, run: EndedRun, name: str, words: str = "") -> TrackedIssue:
        state = str(run.state)
        outcome: Literal["open", "completed", "not planned"] = (
            "completed" if state in ("completed", "done") else "not planned" if state in _DECLINED else "open"
        )
        address = f"{self._url}/web#id={run.id}&model={RUN}&view_type=form"
        closed = (moment(run.end_time) or moment(run.write_date)) if outcome == "completed" else None
        return TrackedIssue(f"run {run.id} {name}", address, name, outcome, closed, words=words)


def _names(step: RunStep) -> list[str]:
    """Marks of alerts hold a slash, those of errors none."""
    return [mark[len(OPENS) : -1] for mark in MARK.findall(str(step.actual_result or "")) if "/" not in mark]
