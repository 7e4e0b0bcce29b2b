"""Tokens known by their first characters: every prefix of the table, the least of each body, what is looked at again."""

import pytest

from bot.core.redaction.tokens import TOKENS, prefixed
from tests.marked import filled

SIGNS = {r"[0-9a-f]{1,20000}": "h", r"[0-9a-fA-F]{1,20000}": "h", r"[A-Z0-9]{1,200}": "u"}


@pytest.mark.parametrize(
    ("prefix", "kind", "body"),
    [
        ("AKIA", "aws-key", "{u16}"),
        ("sk_", "elevenlabs-key", "{h40}"),
        ("SK", "twilio-key", "{h32}"),
        ("s.", "vault-token", "{w24}"),
        ("cli_", "lark-secret", "{w16}"),
        ("YC", "yandex-key", "{w38}"),
        ("SG.", "sendgrid-key", "{w30}"),
        ("ghp_", "github-token", "{w20}"),
    ],
)
def test_a_body_of_each_class(prefix: str, kind: str, body: str) -> None:
    """The least length, and one less."""
    whole = filled(f"{prefix}{body}")

    assert [(span.start, span.end, span.kind) for span in prefixed(f"{whole} x", "")] == [(0, len(whole), kind)]
    assert kind not in {span.kind for span in prefixed(f"{whole[:-1]} x", "")}


def test_a_body_of_an_exact_length() -> None:
    """One more is another thing."""
    assert [span.kind for text in ("s.{w25}", "cli_{w17}", "YC{w39}", "s.{w24}-") for span in prefixed(filled(text), "")] == []


def test_the_table_of_prefixes_is_whole() -> None:
    """Each prefix has a kind, a least length and a class."""
    by_prefix = {prefix: (kind, shortest) for kind, prefix, shortest, _ in TOKENS}

    assert len(TOKENS) > 300
    assert by_prefix["xoxe.xoxb-"] == ("slack-token", 10)
    assert by_prefix["fw_"] == ("fireworks-key", 24)
    assert by_prefix["AKIA"] == ("aws-key", 16)


def test_every_prefix_of_the_table_is_found() -> None:
    """Whole, with the least that its body holds, under its own kind."""
    for kind, prefix, shortest, body in TOKENS:
        token = prefix + filled(f"{{{SIGNS.get(body.pattern, 'w')}{shortest}}}")
        assert list(prefixed(f"x {token}, y", "")) == [(2, 2 + len(token), kind)], prefix


@pytest.mark.parametrize("before", ["\\n", "\\t", "\\u003d", "%3D", "%3d", "=", '"', "/"])
def test_an_escape_is_no_part_of_a_word(before: str) -> None:
    """Behind it a token begins; behind a letter none does."""
    token = filled("ghp_{w20}")

    assert list(prefixed(f"x{before}{token}", "")) == [(1 + len(before), 1 + len(before) + len(token), "github-token")]
    assert list(prefixed(f"x{token}", "")) == []
