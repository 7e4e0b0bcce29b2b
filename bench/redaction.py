"""`python -m bench.redaction`: made-up secrets of every kind in made-up logs: what is taken out, what stays, and how fast.

With `--program DIR` rows of others through the whole program instead: bench/redaction_program.py.
"""

import argparse
import random
import string
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench import redaction_program
from bench.figures import Figure, show
from bot.core.redaction.redaction import Redactor
from bot.core.redaction.tokens import TOKENS

SEED = 7
EACH = 40
SPEED_BYTES = 3_000_000
STALL_BYTES = 1_000_000
_LINES = (
    "{}",
    "2026-03-04T11:22:33.123Z ERROR [checkout,trace_id=4bf92f3577b34da6a3ce929d0e0e4736] upstream call failed: {} (attempt 2)",
    '{{"level":"error","msg":"refused","detail":"{}","service":"transfers"}}',
    "ValueError: bad value '{}' in settings",
)
_HEADERS = (
    "Authorization: Bearer {}",
    '{{"headers":{{"authorization":["Bearer {}"],"x-request-id":"7f3c"}}}}',
    "curl -sS -H 'Authorization: token {}' https://a.example",
    "map[Authorization:[Bearer {}] Accept:[*/*]]",
    "[(b'authorization', b'Bearer {}')]",
    "Cookie: theme=dark; sid={}",
    '"set-cookie":["session={}; Path=/"]',
    "curl -b 'sid={}' https://a.example",
    "X-Api-Key: {}",
    "x-auth-token={}",
)
_KEYS = (
    "api_key={}",
    '{{"client_secret":"{}"}}',
    '{{\\"accessToken\\":\\"{}\\"}}',
    "connect(user='app', token='{}')",
    "- name: API_TOKEN\n  value: {}",
    '<add key="ApiSecret" value="{}" />',
    "--token {} --verbose",
    "GET /v1?access_token={}&page=2",
    "SECRET_KEY: {}",
    "export AWS_SECRET_ACCESS_KEY={}",
)
_CONNECTIONS = (
    "postgres://app:{}@db.internal:5432/app",
    "mongodb+srv://app:{}@c0.example.net/x",
    "redis://:{}@cache:6379/0",
    "amqps://svc:{}@mq/%2f",
    "Server=db;Uid=sa;Pwd={};Encrypt=True;",
    "jdbc:mysql://db/app?user=app&password={}",
)


def main() -> int:
    """Exit code 1 when a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", type=Path, metavar="DIR", help="rows with `text` and `secret`, through every input to every destination")
    options.add_argument("--by-people", action="store_true", help="with --program: the rows stand in what people wrote and merged")
    chosen = options.parse_args()
    if chosen.program is not None:
        return 0 if redaction_program.measure(chosen.program, chosen.by_people) else 1
    made = random.Random(SEED)  # noqa: S311 - the same every time
    removed = [
        *_removed("tokens with a prefix", 0.97, [(line, token) for token in _prefixed(made) for line in _LINES]),
        *_removed("headers and cookies", 0.98, [(form, _word(made, 32)) for form in _HEADERS for _ in range(EACH)]),
        *_removed("values under a key", 0.95, [(form, _word(made, 28)) for form in _KEYS for _ in range(EACH)]),
        *_removed("connection strings", 0.98, [(form, _word(made, 14)) for form in _CONNECTIONS for _ in range(EACH)]),
        *_removed("private keys, whole and cut", 0.98, list(_private_keys(made))),
        *_removed("personal data", 0.97, list(_personal(made))),
    ]
    return 0 if show("Redaction", [*removed, *_kept(made), *_speed(made), *_stalls(made)]) else 1


def _removed(name: str, bar: float, rows: Sequence[tuple[str, str]]) -> Iterator[Figure]:
    gone = sum(not _survives(secret, Redactor().text(form.format(secret))) for form, secret in rows)
    yield Figure(f"{name}: removed", round(gone / len(rows), 3), bar, least=True, beside=f"of {len(rows):,}")


def _survives(secret: str, text: str) -> bool:
    """Whether the secret, or a piece of at least six characters and half its length, is still there."""
    need = max(6, len(secret) // 2)
    return any(secret[at : at + need] in text for at in range(max(1, len(secret) - need + 1)))


def _word(made: random.Random, length: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(made.choice(letters) for _ in range(length - 2)) + "a7"


def _prefixed(made: random.Random) -> Iterator[str]:
    for _, prefix, shortest, body in TOKENS:
        chosen = string.ascii_letters + string.digits
        if body.pattern.startswith("[0-9a-f"):
            chosen = "0123456789abcdef"
        elif body.pattern.startswith("[A-Z0-9]"):
            chosen = string.ascii_uppercase + string.digits
        yield prefix + "".join(made.choice(chosen) for _ in range(shortest - 1)) + "7"


def _private_keys(made: random.Random) -> Iterator[tuple[str, str]]:
    for _ in range(EACH):
        body = "\n".join(_word(made, 64) for _ in range(6))
        yield "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", body
        yield "-----BEGIN RSA PRIVATE KEY-----\n{}", body
        yield "{}\n-----END EC PRIVATE KEY-----", body
        yield '{{"private_key":"-----BEGIN PRIVATE KEY-----\\n{}"}}', body.replace("\n", "\\n")


def _personal(made: random.Random) -> Iterator[tuple[str, str]]:
    for number in range(EACH):
        yield "User {} not found", f"{_word(made, 8).lower()}@example{number}.com"
        yield "charge declined for card {} exp 12/27", _card(made)
        yield "SMS to {} failed", f"+49 151 {made.randrange(10**7, 10**8)}"
        yield "payout to {} failed", _account(made)


def _card(made: random.Random) -> str:
    digits = [4, *(made.randrange(10) for _ in range(14))]
    doubled = [2 * d for d in digits[::2]]
    total = sum(digits[1::2]) + sum(d - 9 if d > 9 else d for d in doubled)
    return "".join(map(str, digits)) + str(-total % 10)


def _account(made: random.Random) -> str:
    account = "".join(str(made.randrange(10)) for _ in range(18))
    check = 98 - int(f"{account}131400") % 97  # D is 13, E is 14
    return f"DE{check:02}{account}"


def _kept(made: random.Random) -> Iterator[Figure]:
    ids = [_identifier(made, number) for number in range(2_000)]
    lines = [_line(made, number) for number in range(4_000)]
    altered = sum(Redactor().text(f"failed for {one} in 12 ms") != f"failed for {one} in 12 ms" for one in ids)
    yield Figure("identifiers that must stay: altered", round(altered / len(ids), 4), 0.003, beside=f"of {len(ids):,}")
    changed = sum(Redactor().text(line) != line for line in lines)
    yield Figure("log lines without a secret: altered", round(changed / len(lines), 4), 0.005, beside=f"of {len(lines):,}")


def _identifier(made: random.Random, number: int) -> str:
    def digits(length: int) -> str:
        return "".join(made.choice("0123456789abcdef") for _ in range(length))

    uuid = f"{digits(8)}-{digits(4)}-{digits(4)}-{digits(4)}-{digits(12)}"
    forms: tuple[Callable[[], str], ...] = (
        lambda: uuid,
        lambda: digits(40),
        lambda: f"trace_id={digits(32)}",
        lambda: f"transfers-{digits(9)}-{digits(5)}",
        lambda: f"arn:aws:lambda:eu-west-1:{made.randrange(10**11, 10**12)}:function:orders:{number}",
        lambda: f"/var/lib/app/{uuid}/data-{number}.json",
        lambda: f"req-{uuid}",
        lambda: f"registry.example.com/app@sha256:{digits(64)}",
        lambda: f"10.{number % 256}.{made.randrange(256)}.7:8080",
        lambda: f"at com.acme.orders.PaymentTokenService$$Enhancer$${digits(8)}.refresh(PaymentTokenService.java:{number})",
        lambda: f"00-{digits(32)}-{digits(16)}-01",
        lambda: f"{made.randrange(10**12, 10**13)}",
    )
    return forms[number % len(forms)]()


def _line(made: random.Random, number: int) -> str:
    shapes = (
        f"2026-03-04T11:22:{number % 60:02}.123Z INFO transfers-{number} request {_identifier(made, number)} took {number} ms",
        f'{{"timestamp":"2026-03-04T11:22:33Z","level":"info","trace_id":"{made.getrandbits(128):032x}","msg":"page {number} rendered","session":"{number}"}}',
        f"Dec 10 07:13:{number % 60:02} host sshd[{number}]: pam_unix(sshd:session): session opened for user root by (uid=0)",
        f"081109 203615 {number} INFO dfs.DataNode$PacketResponder: Received block blk_{made.randrange(10**18)} of size 67108864 from /10.250.10.6",
    )
    return shapes[number % len(shapes)]


def _text(seed: int) -> str:
    made = random.Random(seed)  # noqa: S311 - the same every time
    lines = [_line(made, number) for number in range(4_000)]
    return "\n".join(lines * (SPEED_BYTES // sum(map(len, lines)) + 1))[:SPEED_BYTES]


def _speed(made: random.Random) -> Iterator[Figure]:
    """By the processor's time, which other programs on the machine change least."""
    text, lines = _text(SEED), [_line(made, number) for number in range(8_000)]
    yield Figure("speed of one process", round(_rate([text]), 1), 2.5, "MB/s", least=True)
    yield Figure("speed of one process, line by line", round(_rate(lines), 1), None, "MB/s")
    with ProcessPoolExecutor(2) as pool:
        both = sum(pool.map(_rate, ([text], [text])))
    yield Figure("speed of two processes side by side", round(both, 1), 5, "MB/s", least=True)


def _rate(texts: Sequence[str]) -> float:
    Redactor().text(texts[0][:1_000])
    return sum(map(len, texts)) / _seconds(texts) / 1e6


def _stalls(made: random.Random) -> Iterator[Figure]:
    pieces = ("0123456789", "0123456789abcdef", "@", "=", '"', "-----BEGIN", ".", "key=", "a", "token=", "eyJ")
    texts = {piece: piece * (STALL_BYTES // len(piece)) for piece in pieces}
    texts["base64"] = _word(made, STALL_BYTES, string.ascii_letters + string.digits + "+/")
    slowest, name = max((_seconds([text]), piece) for piece, text in texts.items())
    yield Figure("1 MB without a space, the slowest", round(slowest, 2), 0.5, "s", beside=f"of {len(texts)}: {name!r}")


def _seconds(texts: Sequence[str]) -> float:
    redactor = Redactor()
    started = time.process_time()
    for text in texts:
        redactor.text(text)
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
