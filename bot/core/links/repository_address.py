"""The address of a repository as the configuration gives it: which protocol, which host, which repository there."""

import re
from typing import NamedTuple

from bot.regex import regex

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_SHAPES = (
    regex(r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]{1,253}|\[::1\])(?P<port>:\d{1,5})?/(?P<path>[\w.~%+-]+(?:/[\w.~%+-]+){0,20})/?", re.ASCII),
    regex(r"(?P<scheme>ssh)://(?:[\w.-]{1,64}@)?(?P<host>[A-Za-z0-9.][A-Za-z0-9.-]{0,252})(?P<port>:\d{1,5})?/(?P<path>[\w.~%+/-]{1,500})", re.ASCII),
    regex(r"(?:[\w.][\w.-]{0,63}@)(?P<host>[A-Za-z0-9.][A-Za-z0-9.-]{0,252}):(?P<port>)(?P<path>[\w.~][\w.~%+/-]{0,500})", re.ASCII),
    regex(r"(?P<scheme>file)://(?P<host>)(?P<port>)(?P<path>/[^\x00-\x1f\x7f]{1,1000})"),
)
ACCEPTED = "https://HOST/OWNER/NAME.git, ssh://git@HOST/OWNER/NAME.git, git@HOST:OWNER/NAME.git or file:///FOLDER"


class Address(NamedTuple):
    """A repository's address: `url` as git takes it, `protocol` as git's `protocol.<name>.allow` calls it, `host` with its port."""

    url: str
    protocol: str
    host: str
    path: str

    @property
    def origin(self) -> str:
        """Scheme and host, which credentials are bound to; empty where none are sent."""
        return f"{self.protocol}://{self.host}" if self.protocol.startswith("http") else ""

    @property
    def slug(self) -> str:
        """`owner/name`, as a forge calls it."""
        return self.path.strip("/").removesuffix(".git")

    @property
    def name(self) -> str:
        """The last part, fit for a file name."""
        return re.sub(r"[^A-Za-z0-9_-]", "-", self.slug.rpartition("/")[2])[:60] or "repository"


def address(text: str) -> Address | None:
    """The address that a text is, None when it is none that may be cloned: another protocol, an option, a password in it, or http beyond this machine."""
    for shape in _SHAPES:
        match = shape.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        scheme = parts.get("scheme") or "ssh"
        if scheme == "http" and parts["host"] not in _LOOPBACK:
            return None
        return Address(text, scheme, f"{parts['host'].lower()}{parts['port'] or ''}", parts["path"])
    return None
