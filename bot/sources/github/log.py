"""Fetches the log of a job from where GitHub says that it is: another host, allowed for this alone, and without a token."""

from urllib.parse import parse_qsl, urlsplit

from bot.errors import SourceError
from bot.http_client import HttpAnswer, HttpClient, System

MOST_BYTES = 8_000_000
_STORAGE = ("blob.core.windows.net", "actions.githubusercontent.com")
"""Where GitHub keeps logs (docs.github.com, "Communicating with self-hosted runners": hosts for uploading and downloading logs)."""


def fetched(address: str, api_url: str, more_hosts: tuple[str, ...], seconds: float) -> HttpAnswer:
    """The beginning of the log, at most 8 MB. Raises SourceError, also for an address that is none of GitHub's storage."""
    doing = "fetching a job's log"
    try:
        parts, api = urlsplit(address), urlsplit(api_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SourceError(doing, "its address is none", "open the run on GitHub") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and api.scheme == "http")
    if not host or parts.username is not None or not secure or not _is_known(host, api.hostname or "", more_hosts):
        remedy = "open the run on GitHub; on GitHub Enterprise Server name the host under `github_activity: log_hosts:`"
        raise SourceError(
            doing, f"GitHub sent us to {host[:100] if host.isascii() and host.isprintable() else 'an odd host'}, which is not its storage", remedy
        )
    base = f"{parts.scheme}://{host}{f':{port}' if port else ''}"
    system = System("GitHub's log storage", "`github_activity: log_hosts:`", "GITHUB_ACTIVITY_TOKEN", "open the run on GitHub", "the run")
    client = HttpClient(base, system, seconds)
    return client.get_text(parts.path, parse_qsl(parts.query, keep_blank_values=True), doing=doing, most_bytes=MOST_BYTES)


def _is_known(host: str, api_host: str, more_hosts: tuple[str, ...]) -> bool:
    return host == api_host or any(host == one.lower() or host.endswith(f".{one.lower()}") for one in (*_STORAGE, *more_hosts))
