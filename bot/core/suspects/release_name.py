"""What a release calls its commit: the SHAs that stand in its name, and the tags that mean the same version.

A log writes the same version as `v1.4.0`, `transfers@1.4.0`, `transfers-1.4.0`, `registry/transfers:main-4f2a91c-20260101`,
`1.4.0+build.4f2a91c`, or as `git describe` does, `v1.4.0-12-g4f2a91c`. Pure; every text is cut to LONGEST characters first.
"""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from bot.regex import regex

LONGEST = 200
_DIGESTS = regex(r"sha256[:-][0-9a-f]{6,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA = regex(r"(?<![0-9a-z])g?([0-9a-f]{7,64})(?![0-9a-z])")
_DATE = regex(r"(?:19|20)\d{6}(?:\d{4}|\d{6})?")
_SUFFIX = r"(?P<suffix>[-._a-z0-9]{0,100})"
_DOTTED = regex(rf"(?:^|[-_/@: ])v?(?P<number>\d{{1,14}}(?:\.\d{{1,9}}){{1,4}}){_SUFFIX}$")
_PLAIN = regex(r"(?:^|[-_/@: ])v?(?P<number>\d{1,14}(?:[-_]\d{1,9}){0,4})(?:[-_.](?P<suffix>[a-z]{1,20}[-._]?\d{0,9}))?$")
_UNFINISHED = regex(r"(?:^|[-._\d])(?:rc|alpha|beta|dev|pre|preview|snapshot|canary|nightly|a|b|m)(?=$|[-._\d])")
GENERIC = frozenset(
    {"", "v", "version", "release", "releases", "rel", "r", "build", "deploy", "deployed", "prod", "production", "live", "main", "master", "tag", "app"}
)
"""Words before a version that name no product."""


class Version(NamedTuple):
    """A name taken apart: `transfers@v1.4.0-rc.1` is of "transfers", number "1.4.0-rc.1". All lower case."""

    product: str
    number: str

    @property
    def finished(self) -> bool:
        """Whether it is no pre-release."""
        return _UNFINISHED.search(self.number.partition("-")[2] or self.number.lstrip("0123456789._")) is None


def shas(release: str) -> tuple[str, ...]:
    """What may be a SHA in a release's name, in lower case. Digits alone may be a date or a build number: they count only when nothing else stands there."""
    text = _DIGESTS.sub(" ", release[:LONGEST].lower())
    found = [token for token in _SHA.findall(text) if not _DATE.fullmatch(token)]
    return tuple(dict.fromkeys(token for token in found if token == text or (not token.isdecimal() and (len(token) >= 12 or re.search(r"\d", token)))))


def version(name: str) -> Version | None:
    """The product and the version that a release or a tag names, None when it holds no number (`latest`, `main`)."""
    text = name[:LONGEST].lower().partition("@sha256:")[0].partition("+")[0]
    match = _DOTTED.search(text) or _PLAIN.search(text)
    if match is None:
        return None
    product = text[: match.start()].rpartition("/")[2] or text[: match.start()].strip("/")
    for word in ("version", "release", "rel"):
        product = product.removesuffix(word) if product[-len(word) - 1 : -len(word)] in tuple("-_./@") else product
    suffix = (match["suffix"] or "").lstrip("-._")
    return Version(product.strip("-_./@: "), match["number"] + (f"-{suffix}" if suffix else ""))


def tags_of(release: str, tags: Iterable[str], own: Collection[str], *, trusted: bool) -> tuple[str, ...]:
    """The tags that mean this release, all of the best rank: its very name, its product and version, the version under one of our `own` names,
    the version alone.

    The version alone counts only for a release that is surely ours: one without a product, one of ours, or a `trusted` one, which
    the failing service logged itself.
    """
    names = {release, release.rpartition("@")[2], release.rpartition(":")[2]} if trusted or not release.rpartition("@")[0] else {release}
    everything = tuple(tags)
    exact = [tag for tag in everything if tag == release] or [tag for tag in everything if tag in names]
    wanted = version(release)
    if exact or wanted is None:
        return tuple(exact[:1])
    ours = {one.lower() for one in own}
    same = [(tag, found.product) for tag in everything if (found := version(tag)) and found.number == wanted.number]
    sure = trusted or wanted.product in GENERIC or wanted.product in ours
    ranks = (
        [tag for tag, product in same if product == wanted.product and product not in GENERIC],
        [tag for tag, product in same if product in ours and sure],
        [tag for tag, product in same if product in GENERIC and sure],
    )
    return next((tuple(rank) for rank in ranks if rank), ())


def lineage(tags: Iterable[str], own: Collection[str]) -> tuple[str, ...]:
    """The tags that follow one product's releases, without pre-releases: those of our `own` names, else those of no name, else those of the only one."""
    ours = {one.lower() for one in own}
    found = [(tag, one) for tag in tags if (one := version(tag))]
    products = {one.product for _, one in found}
    kept = products & ours or products & GENERIC or (products if len(products) == 1 else set())
    return tuple(tag for tag, one in found if one.product in kept and one.finished)
