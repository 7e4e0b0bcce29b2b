"""Ten minutes of logs of four services: one failure that happened four times, told among everything else that goes on."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

ALERT = datetime(2025, 12, 17, 9, 12, 44, 835579, UTC)
KNOWN = datetime(2025, 12, 17, 9, 11, 20, 402117, UTC)
"""When the other alert came: of an error that is known."""
TRACE_ID = "7d1f3c5a9b2e4860a1c3d5e7f9024681"
_BEGIN = ALERT - timedelta(minutes=8)
_FAILURES = (
    (timedelta(minutes=-3, seconds=-34, milliseconds=-212), "2f84c0d19e7a4b53b6d8f0a1c2e34567", "w_7719c04e"),
    (timedelta(minutes=-2, seconds=-13, milliseconds=-640), "b0a95e7714c84d0f9a3e6d2c1b5f8790", "w_20438b1f"),
    (timedelta(seconds=-46, milliseconds=-377), "e61b7d3850f2492cae09b4c8d7f61325", "w_7719c04e"),
    (timedelta(seconds=-1, milliseconds=-622), TRACE_ID, "w_5512ae70"),
)
_PODS = {"api-gateway": "api-gateway-6f7b9c-x2lpd", "transfers": "transfers-7d94b8-q8wzn", "ledger": "ledger-58c6df-m4tkr", "wallet-sync": "wallet-sync-0"}
_NOISE = (
    ("api-gateway", 0.9, "INFO", "GET /v1/wallets/{wallet} 200 {ms}ms"),
    ("api-gateway", 1.7, "INFO", "POST /v1/transfers 201 {ms}ms"),
    ("api-gateway", 37, "WARNING", "GET /v1/wallets/{wallet} 404 {ms}ms"),
    ("transfers", 1.9, "INFO", "transfer {id} reserved {few} leaves"),
    ("transfers", 61, "INFO", "pool: {few} of 20 connections in use"),
    ("ledger", 2.3, "INFO", "booked transfer {id}"),
    ("ledger", 29, "INFO", "snapshot of {ms} wallets written"),
    ("wallet-sync", 4.1, "INFO", "synced wallet {wallet} in {ms}ms"),
    ("wallet-sync", 83, "WARNING", "node ln-4 is {few} blocks behind"),
)


def files(release: str, stack: str) -> dict[str, str]:
    """NDJSON by file name. `release` is the commit of transfers that ran, `stack` the trace that its failures left."""
    events = _noise()
    for offset, trace, wallet in _FAILURES:
        events += _failure(ALERT + offset, trace, wallet, stack)
    events += _other_errors()
    for event in events:
        if event["service"] == "transfers":
            event["release"] = release
    events.sort(key=lambda event: str(event["@timestamp"]))
    return {f"{service}.ndjson": "".join(f"{json.dumps(event)}\n" for event in events if event["service"] == service) for service in _PODS}


def _event(time: datetime, service: str, level: str, message: str, trace: str = "", **more: object) -> dict[str, object]:
    stamp = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    traced = {"trace_id": trace} if trace else {}
    return {"@timestamp": stamp, "level": level, "service": service, "message": message, **traced, "pod": _PODS[service], **more}


def _failure(at: datetime, trace: str, wallet: str, stack: str) -> list[dict[str, object]]:
    """A wallet of twelve leaves: another transfer reserves the eight that were read, four free ones are not looked at."""
    transfer, faster = _id(trace), _id(trace + "faster")

    def after(ms: int) -> datetime:
        return at + timedelta(milliseconds=ms)

    taken = [_event(after(61 + n), "transfers", "WARNING", f"leaf lf_{_id(trace + str(n))[:8]} was reserved by another transfer", trace) for n in range(8)]
    return [
        _event(after(-4), "transfers", "INFO", f"transfer {faster} reserved 8 leaves", _id(trace + "t").replace("-", "")),
        _event(after(-112), "api-gateway", "INFO", f"POST /v1/transfers from {wallet} accepted", trace),
        _event(after(-71), "ledger", "INFO", f"wallet {wallet}: 12 active leaves, 1200 sats", trace),
        _event(after(-58), "transfers", "INFO", f"transfer {transfer}: 300 sats from {wallet}", trace),
        *taken,
        _event(after(83), "transfers", "ERROR", "ValidationError: insufficient leaf balance", trace, error={"type": "ValidationError", "stack_trace": stack}),
        _event(after(90), "api-gateway", "ERROR", f"POST /v1/transfers from {wallet} 500 202ms", trace),
    ]


def _other_errors() -> list[dict[str, object]]:
    return [
        _event(
            ALERT - timedelta(minutes=4, seconds=2), "wallet-sync", "ERROR", "TimeoutError: node ln-4 did not answer in 30s", error={"type": "TimeoutError"}
        ),
        _event(
            ALERT - timedelta(minutes=1, seconds=31), "wallet-sync", "ERROR", "TimeoutError: node ln-4 did not answer in 30s", error={"type": "TimeoutError"}
        ),
        _event(ALERT - timedelta(minutes=2, seconds=40), "ledger", "ERROR", "snapshot upload failed: 503 Slow Down; trying again in 5s"),
    ]


def _noise() -> list[dict[str, object]]:
    # Only random() itself is promised to give the same numbers in every Python version.
    chance = Random(20251217)  # noqa: S311 - scenery
    events = []
    for service, every, level, template in _NOISE:
        at = _BEGIN + timedelta(seconds=every * chance.random())
        while at < ALERT + timedelta(seconds=45):
            number = int(chance.random() * 10**9)
            message = template.format(wallet=f"w_{number:08x}", ms=3 + number % 180, few=1 + number % 6, id=_id(f"{service}{number}"))
            events.append(_event(at, service, level, message, _id(f"trace{number}").replace("-", "") if level == "INFO" else ""))
            at += timedelta(seconds=every * (0.5 + chance.random()))
    return events


def _id(seed: str) -> str:
    text = sha256(seed.encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"
