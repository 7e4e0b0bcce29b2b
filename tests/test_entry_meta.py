"""What a front matter may hold: links of alerts, names, fingerprints, and what stands for a key that is not there."""

import re

import msgspec
import pytest

from bot.core.entry.meta import FINGERPRINT, OPTIONAL, PERMALINK, SIGNATURE, EntryMeta

LEAST = {
    "signature": "a",
    "title": "b",
    "status": "diagnosed",
    "severity": "high",
    "category": "application",
    "error_type": "c",
    "culprit": "d",
    "services": (),
    "environments": (),
    "first_seen": "e",
    "last_seen": "f",
    "occurrences": 1,
    "threads": (),
    "schema": 1,
}


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (
            PERMALINK,
            (
                *("https://acme.slack.com/archives/C0AB/p1765526465120900", "https://a-b.c:8443/archives/G1/p1765526465120900"),
                *("https://a.c/archives/D1/p1765526465120900?thread_ts=1.2&cid=C1%20-", "alert:pagerduty/AABCDEFGHIJKLMN27/p1765526465120900"),
            ),
            (
                *("http://a.c/archives/C1/p1765526465120900", "https://a_c/archives/C1/p1765526465120900", "https://a.c/archives/c1/p1765526465120900"),
                *("https://a.c/archives/C1/p176552646512090", "https://a.c/archives/C1/p17655264651209000", "https://a.c/archives/C1/px765526465120900"),
                *("https://a.c:x/archives/C1/p1765526465120900", "https://a.c/archives/C1/p1765526465120900?a b", "xhttps://a.c/archives/C1/p1765526465120900"),
                *(
                    "alert:PD/AABCDEFGHIJKLMN27/p1765526465120900",
                    "alert:pd/ABCDEFGHIJKLMN27/p1765526465120900",
                    "alert:pd/AABCDEFGHIJKLMN18/p1765526465120900",
                ),
                *(
                    "alert:pd/AABCDEFGHIJKLMN27/p1765526465120900\n",
                    f"alert:{'a' * 21}/AABCDEFGHIJKLMN27/p1765526465120900",
                    "https:///archives/C1/p1765526465120900",
                ),
            ),
        ),
        (SIGNATURE, ("a", "A.b_c-9", "x" * 120), ("", "x" * 121, "a/b", "a b", "a\n", " a")),
        (
            FINGERPRINT,
            ("", f"v1:{'0f' * 16}", f"v12:{'0f' * 16}"),
            (f"v1:{'0F' * 16}", f"v1:{'0' * 31}", f"v1:{'0' * 33}", f"1:{'0' * 32}", f"v:{'0' * 32}", "x"),
        ),
    ],
    ids=("link", "name", "digest"),
)
def test_texts_of_a_form(pattern: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    """From the first character to the last."""
    assert [text for text in good if not re.search(pattern, text)] == []
    assert [text for text in bad if re.search(pattern, text)] == []


def test_what_stands_for_a_key_that_is_missing() -> None:
    """Nothing, of its kind; the other keys must be there."""
    meta = msgspec.convert(LEAST, EntryMeta)
    texts = ("resolution", "resolved_at", "tracking_issue", "reviewed_at", "replaced_by", "fingerprint")
    nothing = {**dict.fromkeys(texts, ""), **dict.fromkeys(("aliases", "owners", "related", "reviewed_by"), ()), "held": 0, "failed": 0}
    assert {key: getattr(meta, key) for key in nothing} == nothing == OPTIONAL
    for key in LEAST:
        with pytest.raises(msgspec.ValidationError, match=f"missing required field `{key}`"):
            msgspec.convert({name: value for name, value in LEAST.items() if name != key}, EntryMeta)
    for key, value in (
        ("title", ""),
        ("error_type", ""),
        ("culprit", ""),
        ("first_seen", ""),
        ("last_seen", ""),
        ("occurrences", 0),
        ("held", -1),
        ("failed", -1),
        ("schema", 2),
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({**LEAST, key: value}, EntryMeta)
