"""Runbooks: read strictly, chosen by their scope, the most particular first, three at most."""

from typing import get_args

import pytest

from bot.core.knowledge.runbook import Runbook, System, parse, system_of
from bot.core.knowledge.runbook_choice import Sighted, chosen, guided
from bot.core.rules.rule import Rule
from bot.diagnosers.rule_book import shipped
from bot.errors import BadEntry
from bot.sources.knowledge.knowledge import KnowledgeFolder
from tests.conftest import project

SHIPPED = {path: parse(text, path) for path, text in KnowledgeFolder(project()).runbooks().items()}
WORKFLOWS = {
    "unhandled-exception",
    "database-connections",
    "deadlocks",
    "javascript-runtime",
    "web-vitals",
    "slow-endpoint",
    "payments",
    "tokens",
    "deploy-failures",
    "spike-after-deploy",
    "time-based",
    "user-specific",
}


def book(name: str, front: str, body: str = "Do it.\n") -> Runbook:
    """A runbook of these lines of front matter."""
    return parse(f"---\ntitle: {name}\n{front}\n---\n{body}", f"knowledge/runbooks/{name}.md")


def names(runbooks: list[Runbook], **seen: object) -> list[str]:
    """The names of those chosen."""
    return [one.runbook.title for one in chosen(runbooks, Sighted(**seen))[0]]  # type: ignore[arg-type]


def test_the_twelve_workflows_are_there() -> None:
    """Each with a scope, what decides between causes, what to do, and how to verify."""
    assert {path.rpartition("/")[2].removesuffix(".md") for path in SHIPPED} == WORKFLOWS
    for runbook in SHIPPED.values():
        assert runbook.scoped, runbook.path
        for heading in ("## First five minutes", "## What decides between the causes", "## What to do", "## How to verify"):
            assert heading in runbook.body, runbook.path


def test_shipped_rules_name_runbooks_that_are_there() -> None:
    """A rule's runbook is a file of this repository."""

    def named(rule: Rule) -> bool:
        return rule.runbook.startswith("knowledge/")

    rules = list(filter(named, shipped().rules))
    assert len(rules) > 50
    assert {rule.runbook for rule in rules} == set(SHIPPED)


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        ({"words": "DeadlockDetected: deadlock detected", "category": "database"}, "Deadlocks and lock waits"),
        ({"words": "FATAL: sorry, too many clients already", "category": "database"}, "Database connections"),
        ({"error_types": ("psycopg.errors.DeadlockDetected",), "category": "database"}, "Deadlocks and lock waits"),
        ({"words": "SQLSTATE 57014", "category": "database"}, "Slow endpoint"),
        ({"codes": ("card_declined",), "category": "application"}, "Payments"),
        ({"words": "TypeError: Cannot read properties of undefined (reading 'x')", "category": "application"}, "JavaScript errors in the browser"),
        ({"error_types": ("KeyError",), "category": "application"}, "Unhandled exception"),
        ({"words": "jwt expired", "category": "application"}, "Tokens and sign-in"),
        ({"words": "LCP of /home above 4 s", "category": "unknown"}, "Slow pages (Core Web Vitals)"),
        ({"words": "readiness probe failed", "category": "deployment"}, "Failed deploy"),
        ({"facts": ("after_deploy",)}, "Spike after a deploy"),
        ({"facts": ("same_hour_each_day",)}, "At certain times"),
        ({"facts": ("one_tenant",)}, "One user or tenant"),
    ],
)
def test_each_workflow_is_found_by_what_is_seen(seen: dict[str, object], name: str) -> None:
    """First of those that fit."""
    assert names(list(SHIPPED.values()), **seen)[:1] == [name]


def test_an_ordinary_alert_chooses_nothing() -> None:
    """A scope that names something of the error needs to see it."""
    assert names(list(SHIPPED.values()), words="disk usage is at 81 %", category="infrastructure", service="nightly", environment="prod") == []


def test_the_most_particular_comes_first() -> None:
    """A rule's word before a code, a code before a type, a type before a service, that before a category; at most three, the rest counted."""
    books = [
        book("a-category", "categories: [database]"),
        book("b-service", "services: [ledger]"),
        book("c-type", "error_types: [Deadlock*]"),
        book("d-code", "codes: [DB_X]"),
        book("e-rule", "codes: [NEVER]"),
    ]
    seen = Sighted("", "ledger", "prod", "database", ("DeadlockDetected",), ("DB_X",), (), ("knowledge/runbooks/e-rule.md",))
    picked, more = chosen(books, seen)
    assert [one.runbook.title for one in picked] == ["e-rule", "d-code", "c-type"]
    assert more == 2
    assert [one.reason for one in picked] == ["a rule of diagnosis", "the code DB_X", "the error type DeadlockDetected"]
    assert chosen(list(reversed(books)), seen) == (picked, more)


def test_ten_that_fit_are_three() -> None:
    """Of equal ones by their path, always the same."""
    books = [book(f"r{number}", "services: [shop]") for number in range(10)]
    picked, more = chosen(books, Sighted(service="shop"))
    assert ([one.runbook.title for one in picked], more) == (["r0", "r1", "r2"], 7)


@pytest.mark.parametrize(
    ("front", "held"),
    [
        ("services: [shop]\nenvironments: [prod]", True),
        ("services: shop-*", False),
        ("services: sh*", True),
        ("environments: [staging]", False),
        ("services: [shop]\ncategories: [database]", False),
        ("services: [shop]\nerror_types: [KeyError]", False),
        ("services: [other]\nerror_types: [ValueError]", False),
        ("error_types: [valueerror]", True),
        ("owners: ['@acme/shop']", False),
        ("says: ['no {thing} in stock']", True),
        ("facts: [one_user]", False),
    ],
)
def test_all_that_a_scope_says_must_hold(front: str, held: bool) -> None:
    """Place and category bound it; of what it says of the error, one is enough; a scope that names nothing is never chosen."""
    seen = Sighted("no blue shirts in stock\nno shirts in stock", "shop", "prod", "application", ("shop.errors.ValueError",))
    assert bool(chosen([book("x", front)], seen)[0]) is held


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("# Title\n\nwords\n", "line 1: no front matter"),
        ("---\ntitle: x\n", "line 1: the front matter is not closed"),
        ("---\ntitle: x\n---\n\n  \n", "line 4: nothing stands below"),
        ("---\nservices: [x]\n---\nwords\n", "missing required field `title`"),
        ("---\ntitle: x\nservcies: [x]\n---\nwords\n", "line 3: `servcies`: Object contains unknown field `servcies`"),
        ("---\ntitle: x\ncategories: [databases]\n---\nwords\n", "line 3: `categories[0]`: Invalid enum value 'databases'"),
        ("---\ntitle: x\nhelps: [databases]\nskip: [redis, databases]\n---\nwords\n", "line 4: databases stands in `helps` and in `skip`"),
        ("---\ntitle: x\nskip: [everything]\n---\nwords\n", "line 3: `skip[0]`: Invalid enum value 'everything'"),
        ("---\ntitle: x\nsays: ['a.*b']\n---\nwords\n", "line 3: `says`: is a regular expression"),
        ("---\ntitle: x\ntitle: y\n---\nwords\n", "line 3: `title` stands twice"),
        ("---\n- x\n---\nwords\n", "line 2: the front matter is no list"),
        ("---\ntitle: [\n---\nwords\n", "no YAML"),
        ("---\ntitle: x\nservices: ['a`b']\n---\nwords\n", "line 3: `services[0]`"),
        ("---\ntitle: x\n---\n" + "y" * 1_000_000, "line 1: larger than 100 kB"),
    ],
)
def test_a_broken_runbook_says_where(text: str, cause: str) -> None:
    """The line, what is wrong there, and what to do."""
    with pytest.raises(BadEntry) as refused:
        parse(text, "knowledge/runbooks/x.md")
    assert refused.value.doing == "reading knowledge/runbooks/x.md"
    assert cause in refused.value.cause
    assert refused.value.remedy


def test_what_one_runbook_wants_asked_is_not_skipped_for_another() -> None:
    """The systems that help, and those to skip with the reason."""
    picked, _ = chosen([book("a", "services: [s]\nhelps: [redis]"), book("b", "services: [s]\nskip: [redis, kubernetes]")], Sighted(service="s"))
    assert guided(picked) == (("redis",), (("kubernetes", "the runbook knowledge/runbooks/b.md says to skip it"),))


def test_sources_are_known_by_their_names() -> None:
    """As they call themselves in evidence and gaps."""
    told = ["opensearch prod", "database prod", "error events prod", "github acme/x", "slack history", "files", "code", "sentry acme", "redis REDIS_URL"]
    assert [system_of(name) for name in told] == [
        *("opensearch", "databases", "databases", "github_activity", "slack_history", "files", "code", "sentry", "redis")
    ]
    assert system_of("somebody else") is None
    assert set(filter(None, map(system_of, told))) <= set(get_args(System))
