"""Entries by the hundred thousand, as the bot writes them: of many services, of every age, some resolved, some back."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bot.core.entry.front_patch import front_of
from bot.core.entry.meta import EntryMeta

_SERVICES = [f"{area}-{part}" for area in ("billing", "transfers", "search", "accounts", "mail", "ledger") for part in ("api", "worker", "gateway", "cron")]
_TYPES = ["ValidationError", "TimeoutError", "KeyError", "NullPointerException", "OperationalError", "ConnectionResetError", "TypeError", "OutOfMemoryError"]
_VERBS = ["reserve", "load", "settle", "render", "refresh", "charge", "index", "expire", "parse", "publish", "merge", "rotate", "quote", "archive"]
_NOUNS = ["leaves", "invoice", "session", "ledger", "webhook", "payout", "catalogue", "balance", "shipment", "token", "report", "mailbox", "tariff", "coupon"]
_SAID = ["insufficient", "expired", "missing", "duplicate", "unreachable", "truncated", "locked", "stale", "negative", "malformed", "refused", "orphaned"]
_START = datetime(2024, 1, 1, tzinfo=UTC)
BROKEN = (
    "no front matter at all\n",
    "---\nsignature: x\n",
    "",
    "---\ntitle: a\ntitle: b\n---\n",
    "<<<<<<< ours\n---\n",
    "\ufeff\ufeff",
    "---\n- a\n---\n",
    "---\n...\n",
)


def entries(count: int) -> Iterator[tuple[str, str]]:
    """Name and text of each; the same for the same count."""
    for number in range(count):
        yield entry(number)


def entry(number: int) -> tuple[str, str]:
    """The one of this number."""
    dice = random.Random(number)  # noqa: S311 - test data
    verb, noun, said, kind = dice.choice(_VERBS), dice.choice(_NOUNS), dice.choice(_SAID), dice.choice(_TYPES)
    culprit, digest = f"{verb}_{noun}", sha256(str(number).encode()).hexdigest()
    message = f"{said} {noun} while {verb} of {dice.choice(_NOUNS)} was {dice.choice(_SAID)}: case{number}"
    first = _START + timedelta(minutes=dice.randrange(1_400_000))
    last = first + timedelta(minutes=dice.randrange(1, 90_000))
    status = dice.choices(["diagnosed", "resolved", "regressed", "withdrawn"], [60, 33, 4, 3])[0]
    seen = [first, *(first + timedelta(minutes=dice.randrange(1, 80_000)) for _ in range(dice.choice([0, 0, 1, 3])))]
    meta = EntryMeta(
        signature=f"{culprit}_{kind}_{digest[:8]}",
        title=f"{kind} in {culprit}: {message}",
        status=status,  # type: ignore[arg-type]
        severity=dice.choices(["critical", "high", "medium", "low"], [5, 25, 50, 20])[0],  # type: ignore[arg-type]
        category=dice.choice(["application", "database", "deployment", "infrastructure", "unknown"]),
        error_type=kind,
        culprit=culprit,
        services=tuple(dice.sample(_SERVICES, dice.choice([1, 1, 1, 2]))),
        environments=("prod",),
        first_seen=_iso(first),
        last_seen=_iso(max(last, *seen)),
        occurrences=len(seen) + dice.choice([0, 0, 5, 40]),
        threads=tuple(f"https://acme.slack.com/archives/C0ALERTS1/p{int(time.timestamp()):010}{number % 1_000_000:06}" for time in sorted(seen)),
        resolution=f"Lock in {culprit}, commit {digest[8:16]}" if status == "resolved" else "",
        resolved_at=_iso(last) if status == "resolved" else "",
        owners=("@acme/transfers",),
        fingerprint=f"v2:{digest[:32]}",
        schema=1,
    )
    return meta.signature, front_of(meta) + _body(meta, message, digest, dice)


def write(folder: Path, count: int, broken: int = 10) -> None:
    """`knowledge/errors/` below a folder, with files among them that are no entries."""
    errors = folder / "knowledge" / "errors"
    errors.mkdir(parents=True, exist_ok=True)
    for name, text in entries(count):
        (errors / f"{name}.md").write_text(text, encoding="utf-8")
    for number in range(broken):
        words = BROKEN[number % len(BROKEN)]
        (errors / f"broken_{number}.md").write_bytes(words.encode() if number % 3 else b"\xff\xfe" + words.encode("utf-16-le"))


def _iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(meta: EntryMeta, message: str, digest: str, dice: random.Random) -> str:
    noun, verb = dice.choice(_NOUNS), dice.choice(_VERBS)
    cause = f"{meta.culprit} reads the {noun} and writes it back without a lock, so that a second {verb} finds it {dice.choice(_SAID)}."
    return f"""
# {meta.title}

## In short

- **How to recognise it:** `{meta.error_type}` in `{meta.culprit}`, saying `{message}`
- **Why it happens:** {cause} (medium confidence)
- **What to do:** Send the {noun} again; the second attempt succeeds.
- **Easily mistaken for:** nothing known so far; name it in `related` when you meet it.

## Error Signature

- **Culprit:** `{meta.culprit}`
- **Type:** `{meta.error_type}`
- **Message, normalised:** `{message}`
- **Fingerprint:** `{meta.fingerprint}`

## Diagnosis History

### Occurrence 1 - {meta.first_seen}

**Fix soon** · severity **{meta.severity}** · new: {cause}

- **Time:** {meta.first_seen}
- **Environment:** prod
- **Service:** {meta.services[0]}
- **Release:** `{dice.randrange(1, 9)}.{dice.randrange(40)}.{dice.randrange(9)}`
- **Traces:** `{digest[16:48]}`
- **Category:** {meta.category}
- **Diagnosed by:** rules

#### Root cause

{cause}

Seen in the evidence:

- E1: `{meta.error_type}: {message}`

#### Affected code

- [{meta.culprit}.py:{dice.randrange(9, 400)}](https://github.com/acme/transfers/blob/{digest[:40]}/{meta.culprit}.py#L42) in `{meta.culprit}`

#### Next steps

1. Lock the {noun} in {meta.culprit}.
2. Send what failed again, the oldest first, and watch the {dice.choice(_NOUNS)}.

## Common Causes

- {cause}

## Resolution Patterns

- Proposed, not yet proven: Lock the {noun} before {verb} reads it.

## Related Errors

_None recorded yet._
"""
