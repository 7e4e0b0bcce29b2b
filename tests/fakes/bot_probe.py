"""Stands in for `python -m bot` in a workflow: does nothing but leave a trace of what it was given and what it could see."""

import json
import os
import sys
from pathlib import Path

LOOKED_FOR = (
    "SLACK_BOT_TOKEN",
    "SLACK_API_URL",
    "GITHUB_ACTIVITY_TOKEN",
    "OPENSEARCH_USERNAME",
    "OPENSEARCH_PASSWORD",
    "SENTRY_AUTH_TOKEN",
    "DATABASE_URL",
    "DATABASE_TOKEN",
    "KUBERNETES_URL",
    "KUBERNETES_TOKEN",
    "DIGITALOCEAN_TOKEN",
    "REDIS_URL",
    "AWS_ACCESS_KEY_ID",
    "ANTHROPIC_API_KEY",
    "LEDGER_TOKEN",
    "GITHUB_TOKEN",
    "ERRATA_APP_PRIVATE_KEY",
)


def main() -> None:
    """Note the arguments, the credentials at hand, the files of `proposal/` and the number of commits that can be seen."""
    if sys.argv[1] == "diagnose" and "broken" in sys.argv[-1]:
        sys.exit("reading the Slack link: it is broken\n  → copy it again")
    if sys.argv[1] == "diagnose":
        folder = Path(sys.argv[sys.argv.index("--out") + 1]) / f"case_{hash(sys.argv[-1])}"
        folder.mkdir(parents=True)
        (folder / "case.json").write_text("{}")
        (folder / "diagnosis.json").write_text("{}")
    seen = {name: os.environ[name] for name in LOOKED_FOR if os.environ.get(name)}
    proposal = sorted(str(path) for path in Path("proposal").rglob("*.json"))
    depth = len(os.popen("git rev-list HEAD").readlines())  # noqa: S605 - a fixed command
    note = {"arguments": sys.argv[1:], "seen": seen, "proposal": proposal, "commits": depth, "repository": os.environ["GITHUB_REPOSITORY"]}
    with Path(os.environ["PROBE_NOTES"]).open("a") as notes:
        notes.write(json.dumps(note) + "\n")


main()
