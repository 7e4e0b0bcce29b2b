"""The address that a codebase is cloned from: what git may speak to, with which credentials, and what its refusals mean."""

import base64
import re
from pathlib import Path

from bot.config import Secret
from bot.core.links.repository_address import Address
from bot.core.plain_text.plain_text import cut
from bot.errors import SourceError

# Given on the command line only: without them the clone's missing blobs are simply missing, and nothing is fetched unasked.
_PARTIAL = ("remote.origin.promisor=true", "remote.origin.partialCloneFilter=blob:none")
_SETTINGS = (
    "fetch.unpackLimit=1",
    "http.followRedirects=false",  # the credentials are for this host alone
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=15",
    "core.sshCommand=ssh -oBatchMode=yes -oConnectTimeout=10",
)
_UNNAMED = "returned error: 401|authentication failed|could not read (?:username|password)|terminal prompts disabled"
_ABSENT = "returned error: 404|not found|does not appear to be a git repository|does not exist"
_UNREACHABLE = (
    "failed to connect|connection refused|timed out|connection reset|no route to host|empty reply|network is unreachable"
    "|early eof|unexpected disconnect|rpc failed|hung up unexpectedly|operation too slow|ssl|certificate|unable to access"
)


class CodeRemote:
    """One address with its token. Neither `repr` nor any setting holds the token; git gets it through its environment."""

    def __init__(self, address: Address, token: Secret | None = None) -> None:
        self.address = address
        self._token = token if address.origin else None

    def __repr__(self) -> str:
        return f"CodeRemote({self.address.url!r})"

    @property
    def shallow(self) -> bool:
        """Whether it is a folder with a shallow clone. Git fetches for ever when it clones one of those partially: it asks for the parents that are cut off."""
        folder = Path(self.address.path)
        return self.address.protocol == "file" and ((folder / "shallow").exists() or (folder / ".git" / "shallow").exists())

    def settings(self) -> tuple[str, ...]:
        """The one protocol that is allowed, and how it is spoken."""
        return (f"protocol.{self.address.protocol}.allow=always", *_SETTINGS, *(() if self.shallow else _PARTIAL))

    def environment(self) -> dict[str, str]:
        """The credentials as git's configuration in the environment: no other process sees it, and it is for this scheme and host alone.

        Basic with the user `x-access-token` is what GitHub documents for tokens over https; GitLab and others take any user.
        """
        if self._token is None:
            return {}
        basic = base64.b64encode(f"x-access-token:{self._token.reveal()}".encode()).decode()
        key = f"http.{self.address.origin}/.extraHeader"
        # The empty value first takes away a header that the machine's own configuration may hold: two of them are refused.
        return {
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": key,
            "GIT_CONFIG_VALUE_0": "",
            "GIT_CONFIG_KEY_1": key,
            "GIT_CONFIG_VALUE_1": f"Authorization: Basic {basic}",
        }

    def explained(self, doing: str, words: str) -> SourceError | None:
        """The error of a refusal by its words, None when they tell of something else: a broken cache, a wrong argument."""
        lower = words.lower()
        status = re.search(r"returned error: (\d{3})", lower)
        for pattern, cause, remedy in self._refusals(status[1] if status else "ssh", cut(words, 160)):
            if re.search(pattern, lower):
                return RemoteError(doing, cause, remedy)
        return None

    def _refusals(self, code: str, words: str) -> tuple[tuple[str, str, str], ...]:
        """What git's words look like, in lower case, the cause and the remedy; the first that fits counts."""
        where = self.address.host or self.address.path
        wrong = "correct `repository` in the configuration"
        access = self._access()
        return (
            ("not our ref", "the repository does not have it", "push that commit, or name one that is there"),
            (_UNNAMED, f"{where} {'refused the token' if self._token else 'asks for credentials'}", access),
            ("returned error: 403|permission denied|host key verification failed", f"{where} refused access ({code})", access),
            (_ABSENT, f"{self.address.url} does not exist, or may not be seen", f"{wrong}, or {access}"),
            ("returned error: 3|redirect", f"{self.address.url} has moved", "write its new address as `repository` in the configuration"),
            ("returned error: (?:429|5)", f"{where} answered {code}", "run this again in a few minutes"),
            ("(?:could not|couldn't) resolve", f"there is no host {where}", f"{wrong}, or check the network"),
            (_UNREACHABLE, f"{where} could not be reached: {words}", "check the network, then run this again"),
        )

    def _access(self) -> str:
        if self.address.protocol == "ssh":
            return "give this machine's ssh key read access, and its known_hosts the host"
        if not self.address.origin:
            return "give this user read access to the folder"
        return (
            f"give CODE_TOKEN read access to {self.address.slug} (contents: read)"
            if self._token
            else f"set CODE_TOKEN to a token that may read {self.address.slug}"
        )


class RemoteError(SourceError):
    """The address refused, or could not be reached: the cache itself is sound."""
