"""Runs of a procedure in Odoo's quality module (`qms.sop.run`): begun with the alert, steps with their times, completed or failed at the end.

A run is found again by marks in the results of its steps, which every version of the module has; nothing else of it is assumed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from bot.clock import utc_now
from bot.config import Secret
from bot.config.tracking import Odoo
from bot.core.plain_text.plain_text import cut, visible
from bot.errors import TrackerError
from bot.model import Checkup, IssueDraft, TrackingIssue
from bot.model.procedure import STEPS, RunRecord, StepName, StepResult
from bot.trackers.asking import Unclear
from bot.trackers.odoo_rpc import OdooRpc
from bot.trackers.odoo_runs import DOCUMENT, MARK, OPENS, RUN, STEP, Document, Run, RunStep, ident, moment

MOST_RESULT = 8_000
_MOST_STEPS = 2_000
_COMPLETED = ("completed", "done")
_ENDED = (*_COMPLETED, "failed", "cancelled", "canceled")


class OdooTracker:
    """A Tracker, and a Procedure, on the runs of one procedure. `clock` gives the time in UTC."""

    def __init__(self, url: str, login: str, key: Secret, settings: Odoo, clock: Callable[[], datetime] = utc_now, seconds: float = 30.0) -> None:
        self._rpc = OdooRpc(url, login, key, settings, seconds)
        self._url, self._settings, self._clock = url.rstrip("/"), settings, clock

    def find(self, *markers: str) -> TrackingIssue | None:
        """See `Tracker.find`: the newest run that carries the mark."""
        found = next((run for marker in markers if (run := self._found(marker, "looking for the run")) is not None), None)
        return self._noun(found) if found is not None else None

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.open`: a run whose first step says what the draft says."""
        record = RunRecord(draft.marker, draft.marker, (StepResult("classification", f"{draft.title}\n\n{draft.body}"),))
        return self._noun(self._begun(record))

    def reopen(self, issue: TrackingIssue, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.reopen`: what was run is on record and stays as it is; what came back is a run of its own."""
        found = self._found(draft.marker, "looking for the run")
        return self._noun(found if found is not None else self._begun(RunRecord(draft.marker, draft.marker.partition("/")[0], _said(issue, draft))))

    def keeps(self, url: str) -> bool:
        """See `Tracker.keeps`."""
        return url.startswith(f"{self._url}/web#")

    def examine(self) -> Iterable[Checkup]:
        """The user, the quality module, the procedure; two calls."""
        try:
            document = self._document("asking for the procedure")
        except TrackerError as error:
            yield Checkup("Odoo", False, error.cause, error.remedy)
            return
        steps = len(document.step_ids)
        remedy = "" if steps else f"give {self._settings.procedure} its steps in Odoo"
        yield Checkup("Odoo", bool(steps), f"the procedure {self._settings.procedure} has {steps} steps", remedy)

    def record(self, record: RunRecord) -> TrackingIssue:
        """See `Procedure.record`. Said twice it is the same."""
        found = self._found(record.marker, "looking for the run")
        if found is None:
            return self._noun(self._begun(record))
        self._write(found, record)
        return self._noun(found)

    def unfinished(self, names: Sequence[str]) -> tuple[str, ...]:
        """See `Procedure.unfinished`: two calls and one more for each earlier name."""
        doing = "looking for the runs that are open"
        alerts = dict[int, str]()
        for mark in map(_mark, names):
            steps = self._rpc.call(
                STEP,
                "search_read",
                [[["actual_result", "like", mark]]],
                list[RunStep],
                doing,
                fields=["run_id", "actual_result"],
                limit=_MOST_STEPS,
                order="id desc",
            )
            for step in steps:
                marks = MARK.findall(str(step.actual_result))
                alert = next((one[len(OPENS) : -1] for one in marks if "/" in one), "") if mark in marks else ""
                if alert:
                    alerts.setdefault(ident(step.run_id), alert)
        runs = self._rpc.call(RUN, "read", [list(alerts)], list[Run], doing, fields=["state"]) if alerts else []
        return tuple(alerts[run.id] for run in sorted(runs, key=lambda run: -run.id) if str(run.state) not in _ENDED)

    def _begun(self, record: RunRecord) -> Run:
        """One call makes the run with its first steps, so that none is left without its mark. When the answer is lost, it is looked for."""
        doing = "opening the run"
        ids = dict(zip(STEPS, self._document(doing).step_ids, strict=False))
        steps = record.steps or (StepResult("classification", "The alert is being diagnosed.", done=False),)
        rows = [[0, 0, {"step_id": ids[one.step], **self._values(one, record, None)}] for one in steps if one.step in ids]
        if not rows:
            raise TrackerError(f"{doing} (Odoo)", f"{self._settings.procedure} has too few steps", "give it the six steps of docs/delivery.md, in their order")
        values = {"sop_id": self._document(doing).id, "state": "in_progress", "step_ids": rows}
        try:
            made = self._rpc.call(RUN, "create", [values], int, doing)
        except Unclear:
            found = self._found(record.marker, doing)
            if found is not None:
                return found
            made = self._rpc.call(RUN, "create", [values], int, doing)
        run = Run(made, "in_progress")
        if record.end is not None:
            self._end(run, record)
        return run

    def _write(self, run: Run, record: RunRecord) -> None:
        doing = "writing the steps of the run"
        fields = ["step_id", "state", "actual_result"]
        known = {ident(one.step_id): one for one in self._rpc.call(STEP, "search_read", [[["run_id", "=", run.id]]], list[RunStep], doing, fields=fields)}
        ids = dict(zip(STEPS, self._document(doing).step_ids, strict=False))
        for one in (one for one in record.steps if one.step in ids):
            standing = known.get(ids[one.step])
            if standing is None:
                self._rpc.call(STEP, "create", [{"run_id": run.id, "step_id": ids[one.step], **self._values(one, record, run)}], int, doing)
            elif not _says(standing, one):
                earlier = str(standing.actual_result or "")
                self._rpc.call(STEP, "write", [[standing.id], self._values(one, record, run, earlier)], bool, doing)
        if record.end is not None and str(run.state) not in _ENDED:
            self._end(run, record)

    def _end(self, run: Run, record: RunRecord) -> None:
        doing = "closing the run"
        if record.end == "failed" and record.reason:
            self._tell_failure(run, record.reason, doing)
        values = {"state": record.end, "end_time": f"{self._clock().astimezone(UTC):%Y-%m-%d %H:%M:%S}"}
        self._rpc.call(RUN, "write", [[run.id], values], bool, doing)

    def _tell_failure(self, run: Run, reason: str, doing: str) -> None:
        codes = self._rpc.call("qms.error.code", "search", [[["name", "=", self._settings.error_code]]], list[int], doing, limit=1)
        values = {"run_id": run.id, "error_message": cut(visible(reason), 1_000), **({"error_code_id": codes[0]} if codes else {})}
        self._rpc.call("qms.sop.run.error", "create", [values], int, doing)

    def _found(self, marker: str, doing: str) -> Run | None:
        # `like` takes % and _ for any character: what comes back is compared.
        domain = [["actual_result", "like", _mark(marker)]]
        fields = ["run_id", "actual_result"]
        steps = self._rpc.call(STEP, "search_read", [domain], list[RunStep], doing, fields=fields, limit=50, order="id desc")
        runs = [ident(one.run_id) for one in steps if _mark(marker) in str(one.actual_result)]
        if not runs:
            return None
        found = self._rpc.call(RUN, "read", [[max(runs)]], list[Run], doing, fields=["state", "create_date", "end_time"])
        return found[0] if found else None

    def _document(self, doing: str) -> Document:
        domain = [["code", "=", self._settings.procedure]]
        found = self._rpc.call(DOCUMENT, "search_read", [domain], list[Document], doing, fields=["step_ids"], limit=1)
        if not found:
            raise TrackerError(f"{doing} (Odoo)", f"there is no procedure with the code {self._settings.procedure!r}", "set `odoo: procedure:`")
        return found[0]

    def _values(self, one: StepResult, record: RunRecord, run: Run | None, earlier: str = "") -> dict[str, object]:
        """What was said of another error of the same alert stays above."""
        ours = [_mark(name) for name in (record.marker, record.signature) if name]
        others = [mark for mark in MARK.findall(earlier) if mark not in ours]
        kept = f"{MARK.sub('', earlier).strip()[:MOST_RESULT]}\n\n" if others else ""
        marks = "\n".join((*ours, *others))
        return {"state": "completed" if one.done else "in_progress", "actual_result": f"{kept}{_words(one)}{self._time(one, run)}\n\n{marks}"}

    def _time(self, one: StepResult, run: Run | None) -> str:
        """The time since the run began, against the targets of the steps so far: Odoo keeps when it was opened."""
        if run is None or not one.done or not isinstance(run.create_date, str) or not re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", run.create_date):
            return ""
        began = datetime.fromisoformat(run.create_date[:19]).replace(tzinfo=UTC)
        minutes = max(0, int((self._clock() - began).total_seconds() // 60))
        target = self._target(one.step)
        held = f"; target {target} min: {'kept' if minutes <= target else 'missed'}" if target else ""
        return f"\n\nDone {minutes} min after the run was opened{held}."

    def _target(self, step: StepName) -> int:
        """The targets of all steps up to this one; 0 when this one has none."""
        own = self._settings.targets
        minutes = {name: int(getattr(own, name.replace(" ", "_"))) for name in STEPS}
        return sum(minutes[name] for name in STEPS[: STEPS.index(step) + 1]) if minutes[step] else 0

    def _noun(self, run: Run) -> TrackingIssue:
        address = f"{self._url}/web#id={run.id}&model={RUN}&view_type=form"
        completed = moment(run.end_time) if str(run.state) in _COMPLETED else None
        return TrackingIssue(f"run {run.id}", address, str(run.state) not in _ENDED, completed=completed)


def _said(issue: TrackingIssue, draft: IssueDraft) -> tuple[StepResult, ...]:
    return (StepResult("classification", f"{draft.title}\n\nEarlier: {issue.url}\n\n{draft.body}"),)


def _words(one: StepResult) -> str:
    return cut(visible(one.result).replace("[errata:run=", "("), MOST_RESULT).strip()


def _says(standing: RunStep, one: StepResult) -> bool:
    """Whether a step holds this result already; one that is completed is not taken back."""
    ended = standing.state == "completed"
    return (ended and not one.done) or (ended == one.done and _words(one) in str(standing.actual_result or ""))


def _mark(marker: str) -> str:
    return f"{OPENS}{re.sub('[^A-Za-z0-9._/#-]', '-', marker)[:200]}]"
