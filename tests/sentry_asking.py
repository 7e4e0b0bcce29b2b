"""How the tests ask a Sentry on loopback: the source, an inquiry, a link, and ways to look at what was found."""

from datetime import timedelta
from typing import Any

from bot.config import Limits, Secret
from bot.config.sources import SentryOrganization
from bot.model import Alert, Evidence, Findings, Inquiry, Permalink
from bot.sources.sentry.sentry import SentrySource
from tests.fakes.sentry import TOKEN, FakeSentry
from tests.sentry_events import ALERT

NAMES = {"prod": "production"}


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1_772_618_700.0, list[float]()

    def __call__(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


def source(sentry: FakeSentry, token: str | None = TOKEN, time: Time | None = None, **configured: Any) -> SentrySource:
    """The source of that Sentry; its clock stands still but for sleeping."""
    time = time or Time()
    organization = SentryOrganization(**{"organization": "acme", "url": sentry.home, "environments": NAMES, **configured})
    return SentrySource(organization, Limits(), Secret(token) if token else None, clock=time, sleep=time.sleep, now=time)


def inquiry(*links: str, **alert: Any) -> Inquiry:
    """What round one asks for an alert of production."""
    told = {"text": "Something failed", **alert}
    posted = Alert(Permalink("acme.slack.com", "C1", "1772618700.000100"), ALERT, "prod", log_links=links, **told)
    return Inquiry(posted, ALERT - timedelta(minutes=5), ALERT + timedelta(minutes=1))


def link(sentry: FakeSentry, rest: str = "issues/4412/") -> str:
    """A link as people copy it from that Sentry."""
    return f"{sentry.home}/organizations/acme/{rest}"


def kinds(findings: Findings) -> list[str]:
    """What kinds of evidence there are."""
    return [evidence.kind for evidence in findings.evidence]


def the(findings: Findings, kind: str, word: str = "") -> Evidence:
    """The first piece of evidence of a kind with a word in it."""
    return next(evidence for evidence in findings.evidence if evidence.kind == kind and word in evidence.text)
