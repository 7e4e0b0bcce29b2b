"""Releases in every spelling: the SHAs in them, the tags of their version, and what is neither."""

import pytest

from bot.core.suspects.release_name import LONGEST, lineage, shas, tags_of, version

TAGS = ("v1.4.0", "v1.3.2", "v1.4.0-rc.1", "latest")
MONOREPO = ("transfers@1.4.0", "ledger@1.4.0", "ledger-v2.0.0", "transfers@1.3.0")


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("main-4f2a91c-20260101", ("4f2a91c",)),
        ("1.4.0+build.4f2a91c", ("4f2a91c",)),
        ("v1.4.0-12-g4F2A91C", ("4f2a91c",)),
        ("ghcr.io/acme/transfers:sha-4f2a91cde@sha256:" + "a" * 64, ("4f2a91cde",)),
        ("ghcr.io/acme/transfers@sha256:" + "b" * 64, ()),
        ("4829105", ("4829105",)),
        ("build-4829105", ()),
        ("20260101", ()),
        ("202601011200", ()),
        ("deadbeef", ("deadbeef",)),
        ("facade-defaced", ()),
        ("550e8400-e29b-41d4-a716-446655440000", ()),
        ("v1.4.0", ()),
        ("a" * 40, ("a" * 40,)),
        ("x4f2a91c", ()),
    ],
)
def test_shas_in_a_release(release: str, expected: tuple[str, ...]) -> None:
    """Commits, not dates, digests, identifiers, build numbers or words."""
    assert shas(release) == expected


@pytest.mark.parametrize(
    "release",
    ["v1.4.0", "1.4.0", "transfers@1.4.0", "transfers-1.4.0", "transfers/v1.4.0", "release/1.4.0", "acme/transfers:1.4.0", "transfers_v1.4.0", "1.4.0+build.7"],
)
def test_a_release_means_the_tag_of_its_version(release: str) -> None:
    """Whoever writes it, with a product or without, with metadata or without."""
    assert tags_of(release, TAGS, ("transfers",), trusted=False) == ("v1.4.0",)


@pytest.mark.parametrize(
    ("release", "tags", "expected"),
    [
        ("1.4.0", MONOREPO, ("transfers@1.4.0",)),
        ("ledger@1.4.0", MONOREPO, ("ledger@1.4.0",)),
        ("ledger-2.0.0", MONOREPO, ("ledger-v2.0.0",)),
        ("v2.0.0", MONOREPO, ()),
        ("ledger@1.4.0", TAGS, ()),
        ("v1.4.0-rc.1", TAGS, ("v1.4.0-rc.1",)),
        ("1.4", TAGS, ()),
        ("1.4.0", ("v1.4.0", "1.4.0"), ("1.4.0",)),
        ("release-1.4.0", ("v1.4.0", "1.4.0"), ("v1.4.0", "1.4.0")),
        ("latest", ("v1.4.0",), ()),
        ("", TAGS, ()),
    ],
)
def test_tags_of_other_products_and_versions_are_none(release: str, tags: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """The same number of another product is another commit; several equal ones are all given."""
    assert tags_of(release, tags, ("transfers",), trusted=False) == expected


def test_a_product_that_the_failing_service_logged_itself_is_ours() -> None:
    """Image names need not be service names."""
    assert tags_of("money-mover@1.4.0", TAGS, ("transfers",), trusted=True) == ("v1.4.0",)


def test_what_follows_a_products_releases() -> None:
    """Own tags before unnamed ones, no pre-releases, no names without a version."""
    assert lineage(TAGS, ("transfers",)) == ("v1.4.0", "v1.3.2")
    assert lineage((*MONOREPO, "v9.0.0"), ("transfers",)) == ("transfers@1.4.0", "transfers@1.3.0")
    assert lineage(("deploy-2026-01-05", "deploy-2026-01-06"), ("transfers",)) == ("deploy-2026-01-05", "deploy-2026-01-06")
    assert lineage(MONOREPO, ("accounts",)) == ()


@pytest.mark.parametrize("text", ["1-" * 50_000, "1." * 50_000, "v" * 100_000, "-1.0" * 50_000 + "!", "1.0" + "a-" * 50_000 + "!", "0" * 100_000])
def test_a_name_of_any_length_is_cheap(text: str) -> None:
    """Only its beginning counts."""
    assert version(text) == version(text[:LONGEST])
    assert shas(text) == shas(text[:LONGEST])
