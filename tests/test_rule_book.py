"""The rules that the bot comes with: their examples hold, none takes another's, and the known catalogues are covered."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from bot import cli
from bot.core.rules.check import verdicts
from bot.core.rules.ranking import Match, filled, ranked
from bot.core.rules.sight import Deployed, Fact, Said, Sight
from bot.diagnosers.rule_book import COMPILED, compiled, shipped, source
from bot.texts.rules import page

ROOT = Path(__file__).resolve().parent.parent


def matches(*said: str, facts: tuple[Fact, ...] = (), deployed: Deployed | None = None) -> tuple[Match, ...]:
    """The rules that hold for an alert and what was said before it."""
    texts = tuple(Said(words, "earlier error" if number else "alert") for number, words in enumerate(said))
    return ranked(shipped().rules, Sight(texts, facts, deployed=deployed))


def test_every_example_holds_and_none_is_taken() -> None:
    """Each rule comes first for what it is about."""
    found = verdicts(shipped().rules)
    assert [one for one in found if one.failed or one.taken_by] == []
    assert len(shipped().rules) >= 120
    assert all(rule.examples.no_match for rule in shipped().rules)


def test_the_packed_rules_and_their_page_are_current() -> None:
    """`bot rules compile` writes both anew."""
    data, broken = compiled(source())
    assert broken == ()
    assert (source() / COMPILED).read_bytes() == data, "stale: run `bot rules compile`"
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == page(shipped().rules), "stale: run `bot rules compile`"


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("LLM_AUTH_FAILED", "http-unauthorized"),
        ("LLM_RATE_LIMITED", "llm-limited"),
        ("LLM_TIMEOUT", "llm-timeout"),
        ("LLM_CONTEXT_TOO_LONG", "llm-context"),
        ("ATS_AUTH_FAILED", "jwt-expired"),
        ("ATS_NOT_FOUND", "http-not-found"),
        ("ATS_RATE_LIMITED", "net-rate-limited"),
        ("SKILL_NOT_FOUND", "http-not-found"),
        ("SKILL_DISABLED", "feature-disabled"),
        ("SKILL_MISSING_CAPABILITY", "integration-missing"),
        ("SCRAPE_TIMEOUT", "scrape-timeout"),
        ("SCRAPE_BLOCKED", "scrape-blocked"),
        ("SCRAPE_NOT_LOGGED_IN", "scrape-login"),
        ("INTEGRATION_NOT_CONNECTED", "integration-missing"),
        ("INTEGRATION_TOKEN_EXPIRED", "jwt-expired"),
        ("NETWORK_ERROR", "net-unreachable"),
        ("VALIDATION_ERROR", "http-bad-request"),
        ("Cannot find module '@libsql/linux-x64-gnu'", "app-native-module"),
        ("ENOENT: mkdir './data'", "app-local-database"),
        ("BASE_IMAGE_DRIFT", "deploy-base-image"),
        ("WKHTMLTOPDF_MISMATCH", "deploy-tool-version"),
        ("TEST_FAILURE", "deploy-tests-failed"),
        ("REGISTRY_AUTH_FAILURE", "deploy-registry-login"),
        ("DB_CONNECTION_LEAK", "db-connection-leak"),
        ("DB_CONNECTION_TIMEOUT", "db-pool-exhausted"),
        ("DB_SLOW_QUERY", "db-statement-timeout"),
        ("DB_DEADLOCK", "db-deadlock"),
        ("IMPORT_ERROR", "app-missing-module"),
        ("ATTRIBUTE_ERROR", "app-incompatible"),
        ("MEMORY_ERROR", "os-out-of-memory"),
        ("CPU_THROTTLING", "os-cpu-throttled"),
        ("stripe: card_declined", "stripe-declined"),
        ("stripe: insufficient_funds", "stripe-funds"),
        ("stripe: expired_card", "stripe-expired"),
        ("stripe: incorrect_cvc", "stripe-cvc"),
        ("stripe: processing_error", "stripe-processing"),
        ("stripe: rate_limit", "stripe-rate-limit"),
        ("Build timed out", "deploy-build-timeout"),
        ("Health check timed out", "deploy-not-healthy"),
        ("Traffic switch failed", "net-dns-propagation"),
        ("N+1 query", "n-plus-one"),
        ("could not extend file: No space left on device", "db-disk-full"),
        ("SSL certificate expired", "net-certificate-expired"),
        ("TokenExpiredError: jwt expired", "jwt-expired"),
        ("deadlock detected", "db-deadlock"),
        ("pg code: 23514", "db-check-constraint"),
    ],
)
def test_codes_that_teams_know_have_their_rule(said: str, rule: str) -> None:
    """Error codes, Stripe's, functions' and the usual causes by category."""
    assert matches(said)[0].rule.id == rule


def test_facts_of_today_come_before_words() -> None:
    """A timeout is a symptom; with a session that waits for a lock it has a cause."""
    alone = matches("canceling statement due to statement timeout")[0]
    seen = matches("canceling statement due to statement timeout", facts=(Fact("lock_wait", "a session waits"),))[0]
    assert (alone.rule.id, alone.explains) == ("db-statement-timeout", False)
    assert (seen.rule.id, seen.explains, seen.facts) == ("db-lock-held", True, 1)
    assert "a session waits" in seen.reason


def test_a_cause_comes_before_a_symptom_wherever_it_was_said() -> None:
    """Unless nobody said it as an error: that is a hint."""
    found = matches("TimeoutError: ledger did not answer in 30s", "OSError: [Errno 28] No space left on device")
    assert [one.rule.id for one in found[:2]] == ["os-disk-full", "net-timeout"]
    hint = ranked(shipped().rules, Sight((Said("TimeoutError: x", "alert"), Said("No space left on device", "earlier line"))))
    assert not any(one.explains for one in hint)


def test_a_deploy_alone_is_a_lead() -> None:
    """It says when, and not why."""
    found = matches("Frobnication failed", deployed=Deployed(12, "v7"))
    assert [one.rule.id for one in found] == ["pattern-new-after-deploy"]
    assert not found[0].explains
    assert found[0].meaning == "It appeared 12 minutes after a deploy, and was not known before"
    assert matches("Frobnication failed", deployed=Deployed(90, "v7")) == ()


def test_what_was_not_matched_falls_out_of_a_sentence() -> None:
    """With its brackets, or as "it"."""
    assert filled("The database[ at {host}] is away", {"host": "db-1:5432"}) == "The database at db-1:5432 is away"
    assert filled("The database[ at {host}] is away", {}) == "The database is away"
    assert filled("{host} is away", {}) == "it is away"


def run(*argv: str) -> tuple[int, str]:
    """A command, its code and what it printed."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = cli.run(argv)
    return code, out.getvalue()


def test_rules_are_listed_and_tested_from_the_shell(tmp_path: Path) -> None:
    """A folder's rules against their examples: 0, and 1 with a place and a remedy."""
    code, listed = run("--root", str(tmp_path), "rules", "list")
    assert code == 0
    assert "db-deadlock" in listed
    own = tmp_path / "knowledge" / "rules"
    own.mkdir(parents=True)
    what = "name: n, when: {says: deadlock detected}, category: database, bug_class: unknown, cause: c, explains: true, settle: s"
    rule = f'- {{id: ours, {what}, examples: {{match: ["%s"]}}}}'
    (own / "ours.yml").write_text(rule % "deadlock detected", encoding="utf-8")
    assert run("--root", str(tmp_path), "rules", "test", "knowledge/rules") == (
        0,
        "taken   ours: db-deadlock comes before it: deadlock detected\n1 rule, 1 examples, 0 failed, 1 taken by another rule, 0 broken\n",
    )
    (own / "ours.yml").write_text(rule % "all is well" + "\n- id: x\n", encoding="utf-8")
    code, told = run("--root", str(tmp_path), "rules", "test", "knowledge/rules")
    assert code == 1
    assert "failed  ours: must match and does not: all is well" in told
    assert "knowledge/rules/ours.yml:2" in told
