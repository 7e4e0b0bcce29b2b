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
_BOTH = ("subjects", "naive")


def measure(folder: Path) -> bool:
    """Print the table; whether every bar is met."""
    missing = [str(path) for path in _NEEDED if not (folder / path).exists()]
    if missing:
        say(f"not measured: {folder} has no {', '.join(missing)}")
        return False
    parts = (_ranking, _templates, _signatures, _messages, _frames, _guard, _redaction)
    return show("On data of others", (figure for part in parts for figure in part(folder)))


def _ranking(folder: Path) -> Iterator[Figure]:
    ours, naive = (_shares(folder, "evidence", f"bench.{module}:rank_evidence", r"20/50/100: ([\d.]+) ([\d.]+) ([\d.]+)") for module in _BOTH)
    for count, bar, share, other in zip((20, 50, 100), (0.65, 0.85, 0.95), ours, naive, strict=True):
        yield Figure(f"`rank_evidence`: cases whose telling line is among the first {count}", share, bar, least=True, beside=f"{other:g} by the last errors")


def _templates(folder: Path) -> Iterator[Figure]:
    ours = _grouped(folder, "bench.subjects:group_keys")
    compared = importlib.util.find_spec("drain3") is not None
    name, theirs = ("drain3", _grouped(folder, "bench.drain:group_keys")) if compared else ("fifty letters", _grouped(folder, "bench.naive:group_keys"))
    for kind in ("GA", "FGA"):
        yield Figure(f"log templates of eight systems, {kind}", round(ours[kind], 3), 0.85, least=True, beside=f"{theirs[kind]:.3f} by {name}")
    times = round(ours["msgs_per_s"] / theirs["msgs_per_s"], 1) if compared else 0
    told = f"drain3 {theirs['msgs_per_s']:,.0f} lines/s in the same run" if compared else "not compared: drain3 is not installed"
    yield Figure("log templates, speed against masked drain3", times, 3 if compared else None, "times", True, told)


def _signatures(folder: Path) -> Iterator[Figure]:
    # The scorer goes through the traces once: of several runs the best, as everywhere here.
    runs = [_rows(folder, "traces", "--func", "bench.subjects:trace_keys")["defects4j"] for _ in range(_ROUNDS)]
    keys, naive = max(runs, key=lambda run: run["per_s"]), _rows(folder, "traces", "--func", "bench.naive:trace_keys")["defects4j"]
    told = f"{naive['collide']:.3f} by five frames and one expression"
    yield Figure("`trace_keys`: traces whose key another bug has, too (defects4j)", round(keys["collide"], 3), 0.05, beside=told)
    name = "`trace_keys`: keys that stay, the least stable of all changes"
    yield Figure(name, round(_stable(keys), 3), 0.98, least=True, beside=f"{_stable(naive):.3f} likewise")
    yield Figure("`trace_keys`, speed", round(keys["per_s"]), 5000, "/s", least=True, beside=f"the best of {_ROUNDS} runs")


def _stable(keys: dict[str, float]) -> float:
    return min(value for name, value in keys.items() if name.startswith("stable_") and value is not None)


def _messages(folder: Path) -> Iterator[Figure]:
    messages, naive = (_grouped(folder, f"bench.{module}:message_keys") for module in _BOTH)
    for kind, bar in (("GA", 0.85), ("FGA", 0.88)):
        yield Figure(f"`message_keys` of eight systems, {kind}", round(messages[kind], 3), bar, least=True, beside=f"{naive[kind]:.3f} by one expression")
    yield Figure("`message_keys`, speed", round(messages["msgs_per_s"]), 80_000, "/s", least=True, beside=f"{naive['msgs_per_s']:,.0f} /s by one expression")


def _frames(folder: Path) -> Iterator[Figure]:
    ours, naive = (_shares(folder, "frames", f"bench.{module}:rank_frames", r"1/3/5: ([\d.]+) ([\d.]+) ([\d.]+)") for module in _BOTH)
    for count, bar, share, other in zip((1, 3, 5), (0.50, 0.72, 0.76), ours, naive, strict=True):
        yield Figure(f"`rank_frames`: traces whose faulty class is among the first {count}", share, bar, least=True, beside=f"{other:g} in the trace's order")


def _redaction(folder: Path) -> Iterator[Figure]:
    """Shares over all sources of a tier; other tools' own near-misses are shown by the scorer, without a bar."""
    ours, naive = (_tiers(folder, f"bench.{module}:redact") for module in _BOTH)
    for tier, bar in (("prefix", 0.97), ("context", 0.95), ("app", 0.98), ("logwrap", 0.98), ("pii, handmade", 0.97)):
        yield Figure(f"`redact`: secrets removed ({tier})", round(ours[tier], 3), bar, least=True, beside=f"{naive[tier]:.3f} by one expression")
    for name, tier, bar in (("hard identifiers", "neg_hard", 0.003), ("log lines", "neg_real", 0.005)):
        yield Figure(f"`redact`: {name} altered", round(1 - ours[tier], 4), bar, beside=f"{1 - naive[tier]:.4f} by one expression")


def _tiers(folder: Path, subject: str) -> dict[str, float]:
    told = _told(folder / "score.py", "redaction", "--func", subject)
    tiers: dict[str, list[tuple[int, float]]] = {}
    for source, tier, count, share in re.findall(r"(\S+) (\S+) +n=(\d+) +(?:removed|kept as it was) ([\d.]+)", told):
        tiers.setdefault("pii, handmade" if (source, tier) == ("handmade", "pii") else tier, []).append((int(count), float(share)))
    return {tier: sum(n * share for n, share in rows) / sum(n for n, _ in rows) for tier, rows in tiers.items()}


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
    pattern = r"hostile allowed (\d+)/\d+\s+legitimate refused (\d+)/"
    ours, naive = (_shares(folder, "sql", f"bench.{module}:sql_allowed", pattern) for module in _BOTH)
    for name, bar, count, other in zip(("hostile statements let through", "legitimate ones refused"), (0, 15), ours, naive, strict=True):
        yield Figure(f"`sql_allowed`: {name}", count, bar, beside=f"{other:g} by an expression")


def _shares(folder: Path, test: str, subject: str, pattern: str) -> list[float]:
    return _numbers(pattern, _told(folder / "score.py", test, "--func", subject))


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
