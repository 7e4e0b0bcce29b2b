"""Runs, logs, releases and merges of a repository as evidence: one sentence each, with the page where a person can look."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from bot.core.logs.job_log import StepLines
from bot.core.plain_text.plain_text import cut, encodable, one_line
from bot.model import Deploy, Evidence, LogEvent
from bot.sources.github.runs import ChangedFile, Job, MergedPull, Release, WorkflowRun

PULLS_SHOWN = 10


class Baseline(NamedTuple):
    """The last good state: since when, what it is in words, and its commit where it is known."""

    time: datetime
    words: str
    sha: str | None = None


class Pages(NamedTuple):
    """The source's name, and the address of the repository's page."""

    source: str
    base: str

    def run(self, run: WorkflowRun, query: str, deploy: Deploy | None = None) -> Evidence:
        """A run: how it ended, when, of which commit."""
        ended = (run.conclusion or run.status or "unknown").replace("_", " ")
        named = f'"{_shown(run.name or run.file)}" ({run.file})' if run.file else f'"{_shown(run.name or "a workflow")}"'
        title = f': "{_shown(run.display_title)}"' if run.display_title else ""
        branch = f"{_shown(run.head_branch)} at " if run.head_branch else ""
        again = f", attempt {run.run_attempt}" if (run.run_attempt or 1) > 1 else ""
        text = f"The workflow {named} ended with {ended} on {_at(run.updated_at)}{again}, begun on {_at(run.created_at)}, of {branch}{run.head_sha[:7]}{title}"
        return Evidence("deploy", self.source, f"{self.base}/actions/runs/{run.id}", text, time=run.updated_at, query=query, detail=deploy)

    def log(self, run: WorkflowRun, job: Job, found: StepLines, service: str | None) -> Evidence:
        """The last lines of a failing step; as a log event where `service` says whose."""
        step = job.failing_step
        time = (step.completed_at if step else None) or job.completed_at or run.updated_at
        place = f"{self.base}/actions/runs/{run.id}/job/{job.id}"
        left = f"({found.left_out} lines before these are not shown)\n" if found.left_out else ""
        where = f'step "{_shown(step.name)}" of the job "{_shown(job.name)}"' if step else f'the job "{_shown(job.name)}"'
        text = f"The {where} failed on {_at(time)}. Its last lines:\n{left}" + "\n".join(found.lines)
        said = "\n".join(found.errors or found.lines[-1:])
        detail = LogEvent(time, said, place, level="ERROR", service=service) if said and service is not None else None
        return Evidence("log", self.source, place, text, time=time, query=f"log of the job {job.id}, its failing step", detail=detail)

    def release(self, release: Release) -> Evidence:
        """A release that was published."""
        kind = "pre-release" if release.prerelease else "release"
        title = f' ("{_shown(release.name)}")' if release.name and release.name != release.tag_name else ""
        text = f"The {kind} {_shown(release.tag_name)}{title} was published on {_at(release.published_at)}"
        place = f"{self.base}/releases/tag/{quote(encodable(release.tag_name), safe='')}"
        return Evidence("deploy", self.source, place, text, time=release.published_at, query="releases before the alert")

    def merges(self, merged: Sequence[MergedPull], since: Baseline, sha: str | None, query: str) -> Evidence:
        """What was merged since the last good state, the newest first."""
        count = "1 pull request was" if len(merged) == 1 else f"{len(merged)} pull requests were"
        lines = [f'#{one.number} "{_shown(one.title)}", merged into {_shown(one.base.ref)} on {_at(one.merged_at)}' for one in merged[:PULLS_SHOWN]]
        left = [f"({len(merged) - PULLS_SHOWN} earlier ones are not shown)"] if len(merged) > PULLS_SHOWN else []
        text = "\n".join([f"{count} merged between {since.words} and the alert:", *lines, *left])
        place = f"{self.base}/compare/{since.sha}...{sha}" if since.sha and sha and since.sha != sha else f"{self.base}/pulls?q=is:pr+is:merged"
        return Evidence("deploy", self.source, place, text, time=merged[0].merged_at, query=query)

    def touching(self, pull: MergedPull, files: Sequence[ChangedFile]) -> Evidence:
        """A merged pull request that changed files of the stack trace."""
        changed = ", ".join(f"{_shown(one.filename)} (+{one.additions} -{one.deletions})" for one in files[:5])
        text = f'The pull request #{pull.number} "{_shown(pull.title)}", merged on {_at(pull.merged_at)}, changed files that the stack trace names: {changed}'
        return Evidence("deploy", self.source, f"{self.base}/pull/{pull.number}", text, time=pull.merged_at, query=f"files of the pull request {pull.number}")


def _shown(text: str | None) -> str:
    return cut(one_line(text or ""), 120)


def _at(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if time else "an unknown day"
