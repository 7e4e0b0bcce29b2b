"""GitHub, around the alert: workflow runs and why they failed, releases, and what was merged since the last good state."""

import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from bot.config.sources import GitHubActivity
from bot.core.links.actions_link import RunLink, run_links
from bot.errors import SourceError
from bot.model import Alert, Checkup, Findings, Inquiry
from bot.sources.github.evidence import Pages
from bot.sources.github.gathering import Gathering, Repository
from bot.sources.github.runs import Access, ActivityClient

_DEADLINE_SHARE = 0.9


class GitHubActivitySource:
    """One repository, at most eight calls for a diagnosis. `deploys_known` says that another source tells of its deploys."""

    def __init__(
        self, activity: GitHubActivity, access: Access, seconds: float, *, deploys_known: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._activity, self._access, self._seconds, self._clock = activity, access, seconds, clock
        self._deploys_known = deploys_known
        self._before: tuple[Alert, Gathering, Findings] | None = None

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return f"github {self._activity.repository}"

    def points_here(self, alert: Alert) -> bool:
        """Whether the alert links a run of this repository."""
        return bool(self._links(alert))

    def gather(self, inquiry: Inquiry) -> Findings:
        """Evidence of kinds "deploy" and "log"; later, which of the merged pull requests touch the failing code. Raises SourceError."""
        if not inquiry.search:
            return self._before[1].follow(inquiry.frames) if self._before and inquiry.frames else Findings()
        links, alert = self._links(inquiry.alert), inquiry.alert
        if self._before and (self._before[0].permalink, self._before[0].service) == (alert.permalink, alert.service):
            return self._before[2]  # another error of the same message
        service = inquiry.service or alert.service
        if not links and service and self._activity.services and service not in self._activity.services:
            self._before = None
            return Findings()
        gathering = Gathering(
            Pages(self.name, f"{self._access.server_url.rstrip('/')}/{self._activity.repository}"),
            self._client(),
            Repository(self._access.api_url, self._activity, self._deploys_known),
            inquiry,
        )
        findings = gathering.look(links, inquiry.frames)
        self._before = (alert, gathering, findings)
        return findings

    def examine(self) -> Iterable[Checkup]:
        """One call for each permission: runs, releases, pull requests; and the workflows that the configuration names."""
        try:
            client = self._client()
        except SourceError as error:
            yield Checkup(self.name, False, error.cause, error.remedy)
            return
        asked: tuple[tuple[str, Callable[[], int]], ...] = (
            *((f"workflow {file}", lambda file=file: client.runs({}, file).total) for file in self._activity.workflows),
            *(() if self._activity.workflows else (("workflow runs", lambda: client.runs({}).total),)),
            ("releases", lambda: len(client.releases())),
            ("pull requests", lambda: len(client.pulls(None))),
        )
        for what, ask in asked:
            try:
                yield Checkup(f"{self.name} {what}", True, f"{ask()} listed")
            except SourceError as error:
                yield Checkup(f"{self.name} {what}", False, error.cause, error.remedy)

    def _client(self) -> ActivityClient:
        return ActivityClient(self._access, self._activity.repository, _DEADLINE_SHARE * self._seconds, self._clock)

    def _links(self, alert: Alert) -> tuple[RunLink, ...]:
        here = (urlsplit(self._access.server_url).netloc.lower(), self._activity.repository.lower())
        return tuple(link for link in run_links((*alert.log_links, alert.text)) if (link.host, link.repository) == here)
