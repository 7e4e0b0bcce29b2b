"""Sentry: the issue that an alert links to or speaks of, as one organization's Sentry tells it."""

import time
from collections.abc import Callable, Iterable, Iterator

from bot.config import Limits, Secret
from bot.core import sentry_link
from bot.core.sentry_link import SLUG
from bot.errors import SourceError
from bot.http_client import HttpClient, HttpRefusal, System
from bot.model import Checkup, Findings, Inquiry
from bot.source_config import SentryOrganization
from bot.sources.sentry_client import SentryClient
from bot.sources.sentry_evidence import Place
from bot.sources.sentry_gathering import Gathering, nameable

_DEADLINE_SHARE = 0.9
"""Of the time a source is given: what was found by then must still be handed over."""
_SCOPES = "event:read, project:read and org:read"
_MOST_TRACES = 3
_UPLOADS_ONLY = "sntrys_"
