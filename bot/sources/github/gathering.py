"""What happened in a repository around an alert: runs, the failing step's last lines, releases, merges since the last good state."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

from bot.config.sources import GitHubActivity
from bot.core.entry.times import iso
from bot.core.links.actions_link import RunLink
from bot.core.logs.job_log import last_lines
from bot.errors import SourceError
from bot.model import Deploy, Evidence, Findings, Frame, Gap, Inquiry
from bot.sources.github.evidence import Baseline, Pages
from bot.sources.github.log import MOST_BYTES, fetched
from bot.sources.github.runs import PAGE, ActivityClient, Job, MergedPull, Release, WorkflowRun

_FAILED_SHOWN, _RELEASES_SHOWN, _LOGS, _FILES_OF = 3, 3, 2, 3
_KEPT = "GitHub keeps logs for 90 days, or as long as the repository is set to: open the run to see what is left"

T = TypeVar("T")


class Repository(NamedTuple):
    """What is looked at: where its API is, its configuration, and whether its deploys are known from another source."""

    api_url: str
    activity: GitHubActivity
    deploys_known: bool = False


class Gathering:
    """One look at one repository. What is found is kept as it comes: a refusal later does not cost it."""

    def __init__(self, pages: Pages, client: ActivityClient, repository: Repository, inquiry: Inquiry) -> None:
        self._pages, self._client, self._repository, self._activity = pages, client, repository, repository.activity
        self._alert, self._end = inquiry.alert, inquiry.end
        self._start = inquiry.alert.time - timedelta(hours=repository.activity.hours)
        self._merged: list[MergedPull] = []
        self._clear()

    def look(self, links: Sequence[RunLink], frames: Sequence[Frame]) -> Findings:
        """Everything, in the order of its worth, as far as calls and time reach."""
        linked = [run for link in links[:1] if (run := self._tried("the linked workflow run", lambda link=link: self._client.run(link.run)))]  # type: ignore[misc]
        runs = self._runs()
        failed = [*linked, *self._failed(runs, linked)]
        self._evidence += [self._pages.run(run, "linked by the alert" if run in linked else self._asked) for run in failed]
        broken = next((run for run in failed if run.has_failed), None)
        jobs = self._failing_jobs(broken, links) if broken else []
        if broken and jobs:
            self._log(broken, jobs[0], told=broken in linked)
        suspect, good = self._states(runs)
        self._deployed(suspect, good)
        self._merges(self._baseline(good, self._released()), suspect)
        self._touched(frames)
        for job in jobs[1:_LOGS] if broken else []:
            self._log(broken, job, told=broken in linked)  # type: ignore[arg-type]
        return self._findings()

    def follow(self, frames: Sequence[Frame]) -> Findings:
        """Later: which of the merged pull requests changed the failing code."""
        self._clear()
        self._touched(frames)
        return self._findings()

    def _clear(self) -> None:
        self._evidence: list[Evidence] = []
        self._gaps: list[Gap] = []
        self._queries: list[str] = []

    def _findings(self) -> Findings:
        return Findings(evidence=tuple(self._evidence), gaps=tuple(self._gaps), queries=tuple(self._queries))

    def _tried(self, wanted: str, ask: Callable[[], T]) -> T | None:
        """One gap for all that follows, where the first refusal is that of every call."""
        if self._client.is_over:
            return None
        try:
            return ask()
        except SourceError as error:
            self._gaps.append(Gap(self._pages.source, f"{wanted}{' and what follows from them' if self._client.is_over else ''}", error.cause, error.remedy))
            return None

    # Runs and their logs.

    @property
    def _asked(self) -> str:
        return f"workflow runs, {iso(self._start)} to {iso(self._end)}"

    def _runs(self) -> list[WorkflowRun]:
        """The newest first. Of each configured workflow also those before the window: the last good one may be older."""
        if self._activity.workflows:
            lists = [self._listed({"created": f"<={iso(self._end)}"}, workflow) for workflow in self._activity.workflows]
        else:
            lists = [self._listed({"created": f"{iso(self._start)}..{iso(self._end)}"}, None)]
        return sorted(dict.fromkeys(run for runs in lists for run in runs), key=lambda run: run.created_at, reverse=True)

    def _listed(self, query: dict[str, str], workflow: str | None) -> list[WorkflowRun]:
        of = workflow or "all workflows"
        listed = self._tried(f"the runs of {of} around the alert", lambda: self._client.runs(query, workflow))
        if listed is None:
            return []
        runs, bad = listed.runs, sum(1 for run in listed.runs if run.has_failed)
        self._queries.append(f"runs of {of}, created {query['created']} → {len(runs)} of {listed.total}, {bad} of them failed")
        if listed.total > len(runs) and workflow is None:
            more = self._tried("the failed runs among those that were not listed", lambda: self._client.runs({**query, "status": "failure"}))
            runs = [*runs, *(more.runs if more else ())]
        return runs

    def _failed(self, runs: Sequence[WorkflowRun], linked: Sequence[WorkflowRun]) -> list[WorkflowRun]:
        """Those of the window, the deploying ones first."""
        known = {run.id for run in linked}
        failed = [run for run in runs if run.has_failed and self._start <= run.created_at <= self._end and run.id not in known]
        return sorted(failed, key=lambda run: not run.deploys(self._activity.workflows))[:_FAILED_SHOWN]

    def _failing_jobs(self, run: WorkflowRun, links: Sequence[RunLink]) -> list[Job]:
        jobs = self._tried("the jobs of the failed run", lambda: self._client.jobs(run)) or []
        failed = [job for job in jobs if job.conclusion in ("failure", "timed_out")]
        named = {link.job for link in links if link.run == run.id}
        self._queries.append(f"jobs of run {run.id} → {len(failed)} of {len(jobs)} failed")
        return sorted(failed, key=lambda job: job.id not in named)

    def _log(self, run: WorkflowRun, job: Job, *, told: bool) -> None:
        """The failing step's last lines; a log event where the alert links the run, or its workflow is one that deploys the failing service."""
        wanted = f"the log of the failed job {job.name[:80]!r}"
        address = self._tried(wanted, lambda: self._client.log_address(job))
        if address is None:
            self._gaps = [gap if gap.wanted != wanted or "410" not in gap.cause else Gap(gap.source, wanted, gap.cause, _KEPT) for gap in self._gaps]
            return
        answer = self._tried(wanted, lambda: fetched(address, self._repository.api_url, self._activity.log_hosts, max(1.0, self._client.left)))
        if answer is None:
            return
        step = job.failing_step
        found = last_lines(answer.text, step.started_at if step else None, step.completed_at if step else None)
        ours = told or (bool(self._activity.workflows) and run.deploys(self._activity.workflows))
        self._evidence.append(self._pages.log(run, job, found, (self._alert.service or "") if ours else None))
        if answer.cut:
            cause = f"it is larger than {MOST_BYTES // 1_000_000} MB, and only its beginning was read"
            self._gaps.append(Gap(self._pages.source, wanted, cause, "open the run on GitHub, or let the job say less"))

    # What went live, and what was merged since the last good state.

    def _states(self, runs: Sequence[WorkflowRun]) -> tuple[WorkflowRun | None, WorkflowRun | None]:
        """The last deploying run before the alert, and the last of the same workflow before it that ended well."""
        ended = [run for run in runs if run.status == "completed" and run.created_at <= self._alert.time and run.deploys(self._activity.workflows)]
        suspect = next(iter(ended), None)
        if suspect is None:
            return None, None
        good = next((run for run in ended if run.created_at < suspect.created_at and run.file == suspect.file and run.conclusion == "success"), None)
        if good is None and not self._activity.workflows and suspect.file:
            query = {"created": f"<{iso(suspect.created_at)}", "status": "success"}
            older = self._tried("the last good run before the window", lambda: self._client.runs(query, suspect.file).runs) or []
            good = next(iter(older), None)
        return suspect, good

    def _deployed(self, *runs: WorkflowRun | None) -> None:
        for run in runs:
            if run is not None and run.conclusion == "success":
                self._evidence.append(self._pages.run(run, self._asked, self._deploy(run)))

    def _deploy(self, run: WorkflowRun) -> Deploy | None:
        """A version that went live, where the configuration says that this workflow deploys, and no other source tells. Where to, a run does not say."""
        if not self._activity.workflows or self._repository.deploys_known or run.updated_at > self._alert.time:
            return None
        name = self._activity.repository.partition("/")[2]
        service = self._alert.service if self._alert.service in self._activity.services else name
        return Deploy(service or name, "", run.head_sha[:12], run.updated_at, run.head_sha, f"{self._pages.base}/actions/runs/{run.id}")

    def _released(self) -> list[Release]:
        """Those before the alert, the newest first."""
        listed = self._tried("the releases", self._client.releases) or []
        before = [one for one in listed if not one.draft and one.published_at and one.published_at <= self._alert.time]
        newest = sorted(before, key=_published, reverse=True)
        around = [one for one in newest if _published(one) >= self._start]
        self._evidence += [self._pages.release(one) for one in around[:_RELEASES_SHOWN]]
        if listed:
            self._queries.append(f"releases → {len(around)} in the {self._activity.hours} hours before the alert, of the newest {len(listed)}")
        return newest

    def _baseline(self, good: WorkflowRun | None, releases: Sequence[Release]) -> Baseline:
        if good is not None:
            return Baseline(good.created_at, f"the last run of {good.file or 'its workflow'} before that ended well ({iso(good.created_at)})", good.head_sha)
        final = [one for one in releases if not one.prerelease]
        recent = next((number for number, one in enumerate(final) if _published(one) < self._start), None)
        # A release within the window may be what broke it: the one before it is the good one.
        if recent is not None:
            return Baseline(_published(final[recent]), f"the release {final[recent].tag_name[:60]} ({iso(_published(final[recent]))})")
        return Baseline(self._start, f"{self._activity.hours} hours before")

    def _merges(self, since: Baseline, suspect: WorkflowRun | None) -> None:
        # The branch of such a run is that of the request, or the tag.
        base = suspect.head_branch if suspect and suspect.event not in ("pull_request", "pull_request_target", "release") else None
        listed = self._tried("the merged pull requests", lambda: self._client.pulls(base))
        if listed is None:
            return
        merged = [one for one in listed if one.merged_at and since.time < one.merged_at <= self._alert.time]
        self._merged = sorted(merged, key=lambda one: one.merged_at or one.updated_at, reverse=True)
        query = f"pull requests{f' into {base}' if base else ''} merged since {iso(since.time)}"
        self._queries.append(f"{query} → {len(merged)} of the {len(listed)} that were closed last")
        if merged:
            self._evidence.append(self._pages.merges(self._merged, since, suspect.head_sha if suspect else None, query))
        if len(listed) == PAGE and min(one.updated_at for one in listed) > since.time:
            cause = f"only the {PAGE} that were changed last were listed"
            self._gaps.append(Gap(self._pages.source, f"all pull requests that were merged since {iso(since.time)}", cause, "look at the repository's history"))

    def _touched(self, frames: Sequence[Frame]) -> None:
        """Of the newest few, those that changed a file of the trace; each costs a call."""
        wanted = {tail for frame in frames if frame.in_app and frame.file and (tail := _tail(frame.file))}
        if not wanted or not self._merged:
            return
        looked_at = self._merged[: min(_FILES_OF, self._client.calls)]
        for pull in looked_at:
            files = self._tried(f"the files of pull request #{pull.number}", lambda pull=pull: self._client.files(pull.number)) or []  # type: ignore[misc]
            touching = [one for one in files if _tail(one.filename) in wanted]
            if touching:
                self._evidence.append(self._pages.touching(pull, touching))
        self._queries.append(f"files of the newest {len(looked_at)} of {len(self._merged)} merged pull requests, compared with the stack trace")


def _tail(path: str) -> str:
    """The last two parts: a trace knows where the code was installed, not where the repository has it."""
    return "/".join(PurePosixPath(path.replace("\\", "/")).parts[-2:])[:300]


def _published(release: Release) -> datetime:
    return release.published_at or datetime.min.replace(tzinfo=UTC)
