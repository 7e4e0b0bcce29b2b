"""What the tour does and says: its commands in their order, and the words between them. What they print is not here: demo.tour runs them."""

from dataclasses import dataclass

ALERT = "https://acme.slack.com/archives/C08RB8T6CNS/p1765962764835579"
AGAIN = "https://acme.slack.com/archives/C08RB8T6CNS/p1765962795204518"
NAME = "transfer_handler_ValidationError_848eac"


@dataclass(frozen=True)
class Step:
    """A heading, a paragraph, and the shell commands that follow it."""

    heading: str
    words: str
    commands: tuple[str, ...]


OPENING = """\
<!-- Made by `python -m demo.tour`. Change demo/tour_steps.py instead. -->

# From an empty knowledge base to the first answer

Every command on this page was run to make it, and what stands below each is what it printed; `make test` runs them again and compares.
It is the demo's world: a service `transfers` with a history, the logs of one morning, and alerts. Messages, logs and code
are read from files, pull requests are branches, answers go to a file: so no account is needed.
`bot` stands for `.venv/bin/python -m bot`. Long output is cut by the command itself.
Two things are written otherwise than they were printed:
the folder is called `/home/mira`, and `…` stands for the id of a commit that has another one each time.

With Slack, GitHub and sources of your own the commands are the same; [setup.md](setup.md) says what to store where."""

STEPS = (
    Step(
        "What is there",
        "The knowledge folder has its pages and no entry yet. The alerts are beside it as Slack has them, and so are the logs.",
        ("ls . knowledge logs messages",),
    ),
    Step(
        "What is missing",
        "The doctor looks at every prerequisite and says what to do. Nothing is configured, and no token is there.",
        ('bot doctor; echo "exit code $?"',),
    ),
    Step(
        "The configuration",
        "Files instead of accounts: what differs from a real team's. Every key that is left out has [its default](configuration.md).",
        (
            "mkdir -p .github && cp ../knowledge-bot.yml .github && cat .github/knowledge-bot.yml",
            "bot doctor",
            'git add --all && git commit --quiet -m "Configure the bot"',
        ),
    ),
    Step(
        "The name of the error",
        "It is made from what the alert says of the error, and stays the same for the next one. This is how it comes about:",
        ("bot signature messages/alert.json",),
    ),
    Step(
        "The evidence",
        "What a diagnosis would rest on, and how each piece was found. Nothing is written.",
        (f"bot evidence {ALERT} | sed -n '1,28p'",),
    ),
    Step(
        "The diagnosis",
        "By rules, without a model. It lies in `proposal/` and has left nothing anywhere else.",
        (f"bot diagnose {ALERT}", "sed -n '1,/^Why, step by step/p' proposal/*/preview.md | sed '$d'"),
    ),
    Step(
        "The pull request",
        "On this forge a branch, and a file with its text. Its one file is the entry.",
        (
            "bot propose",
            f"git show --format='%an: %s' --stat kb/{NAME}",
            f"git show kb/{NAME}:knowledge/errors/{NAME}.md | sed -n '1,/^## Error Signature/p' | sed '$d'",
        ),
    ),
    Step(
        "A person reviews and merges",
        "Here one would correct the entry, since its words are what the thread is told.",
        (f'git merge --quiet --no-ff -m "Merge kb/{NAME}" kb/{NAME}', "git log --format='%an: %s' -2 --first-parent"),
    ),
    Step(
        "The answer in the thread",
        "Only now. The same command once more answers nobody twice: a job that was cut off is simply run again.",
        ("bot publish --before HEAD~1 --after HEAD | sed -n '1,12p; /^answered/,$p'", "bot publish --before HEAD~2 --after HEAD"),
    ),
    Step(
        "Found again",
        "By people and by editors; and the folder stays in order.",
        ("bot search leaf balance", "bot check"),
    ),
    Step(
        "The same error, half a minute later",
        "The entry was reviewed and fits, so its words answer at once, and no model is asked. The rules only have to have nothing against it.",
        (f"bot diagnose --out again {AGAIN}", f"bot answer again --thread {AGAIN}", "bot propose again"),
    ),
    Step(
        "The end of it",
        "Once the lock is back. When the error comes after that, it is a regression.",
        (f'bot resolve {NAME} --because "The row lock is back" --pull-request https://github.com/acme/transfers/pull/1260',),
    ),
    Step(
        "What is wrong is said",
        "What was done, what came back, and what to do now. The exit code is 1 for what is yours to mend.",
        (
            'bot diagnose https://acme.slack.com/archives/C08RB8T6CNS; echo "exit code $?"',
            'bot resolve transfer_handler --because "The row lock is back"; echo "exit code $?"',
        ),
    ),
)

ENDING = """\
## What comes next

- Your own alerts: [setup.md](setup.md), from step 0 on.
- What to say on a pull request: [reviewing.md](reviewing.md). The life of an entry: [entries.md](entries.md).
- When it answers at once: [recurrence.md](recurrence.md).
- The whole of a pull request, an entry and an answer: [samples](samples/regression/pull-request.md)."""
