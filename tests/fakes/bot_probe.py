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
    "LINEAR_API_KEY",
    "ODOO_LOGIN",
    "ODOO_API_KEY",
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
        with Path(os.environ["GITHUB_OUTPUT"]).open("a") as output:
            output.write(f"recalled={'true' if 'C0KNOWN1' in sys.argv[-1] else 'false'}\n")
    if sys.argv[1] == "answer" and "unanswerable" in sys.argv[2]:
        sys.exit("answering the Slack thread: it is gone\n  → look for the alert")
    if sys.argv[1] == "scan":
        with Path(os.environ["GITHUB_OUTPUT"]).open("a") as output:
            links = [f"https://acme.slack.com/archives/C0123ABCD/p170000000{number}000100" for number in range(3)]
            output.write(f"alerts={json.dumps([{'slack_url': links[0], 'also': links[1:]}])}\n")
    if sys.argv[1] == "hear":
        comment = json.loads(Path(sys.argv[3]).read_text())["comment"]
        kind = comment["body"].partition(" ")[0].removeprefix("/")
        heard = {"kind": kind, "command": comment["body"], "argument": "d1", "request": "7", "remark": str(comment["id"]), "author": "alice"}
        with Path(os.environ["GITHUB_OUTPUT"]).open("a") as output:
            output.writelines(f"{name}={value}\n" for name, value in heard.items())
    if sys.argv[1] in ("query", "revise"):
        folder = Path(sys.argv[sys.argv.index("--out") + 1])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{sys.argv[1]}.json").write_text("{}")
        with Path(os.environ["GITHUB_OUTPUT"]).open("a") as output:
            output.write("ran=true\n")
    if "--read-thread" in sys.argv:
        thread = Path(sys.argv[sys.argv.index("--read-thread") + 1])
        thread.parent.mkdir(parents=True, exist_ok=True)
        thread.write_text("{}")
    if "--payload" in sys.argv:
        event = json.loads(Path(sys.argv[sys.argv.index("--payload") + 1]).read_text())
        sys.argv.append(json.dumps(event["client_payload"]))
    seen = {name: os.environ[name] for name in LOOKED_FOR if os.environ.get(name)}
    proposal = sorted(str(path) for folder in ("proposal", "rows", "thread") for path in Path(folder).rglob("*.json"))
    depth = len(os.popen("git rev-list HEAD").readlines())  # noqa: S605 - a fixed command
    note = {"arguments": sys.argv[1:], "seen": seen, "proposal": proposal, "commits": depth, "repository": os.environ["GITHUB_REPOSITORY"]}
    with Path(os.environ["PROBE_NOTES"]).open("a") as notes:
        notes.write(json.dumps(note) + "\n")


main()
