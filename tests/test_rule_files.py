"""Rule files: read strictly, every fault with its place and remedy, a team's own over the shipped ones."""

import textwrap
from pathlib import Path

import pytest

from bot.core.rules.ranking import ranked
from bot.core.rules.reading import layered, read
from bot.core.rules.rule import Rule
from bot.core.rules.sight import Said, Sight
from bot.diagnosers.rule_book import FOLDER, of, shipped
from bot.jobs.check import findings

GOOD = """
- id: ledger-busy
  name: busy ledger
  when: {says: "ledger {name} is busy"}
  category: application
  bug_class: external service
  cause: "The ledger[ {name}] is busy"
  explains: true
  settle: whether the closing ran
  examples: {match: ["ledger l-7 is busy"]}
"""


def folder(root: Path, **files: str) -> Path:
    """A repository with these rule files."""
    (root / FOLDER).mkdir(parents=True)
    for name, text in files.items():
        (root / FOLDER / f"{name}.yml").write_text(textwrap.dedent(text), encoding="utf-8")
    return root


def first(rules: tuple[Rule, ...], said: str) -> str:
    """The rule that comes first for these words."""
    return next((match.rule.id for match in ranked(rules, Sight((Said(said, "alert"),)))), "")


def test_a_team_adds_changes_and_switches_off(tmp_path: Path) -> None:
    """By id; a changed rule keeps what is not written."""
    own = """
        - id: db-deadlock
          runbook: knowledge/runbooks/locks.md
        - id: browser-slow
          disabled: true
        """
    book = of(folder(tmp_path, own=own, ledger=GOOD))
    rules = {rule.id: rule for rule in book.rules}
    assert book.broken == ()
    assert rules["db-deadlock"].runbook == "knowledge/runbooks/locks.md"
    assert rules["db-deadlock"].cause == next(rule.cause for rule in shipped().rules if rule.id == "db-deadlock")
    assert "browser-slow" not in rules
    assert first(book.rules, "BookingError: ledger l-7 is busy") == "ledger-busy"


def test_without_own_rules_there_are_the_shipped_ones(tmp_path: Path) -> None:
    """No folder, no cost."""
    assert of(tmp_path) is shipped()


def changed(old: str, new: str) -> str:
    """The good rule with a fault."""
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("text", "line", "cause", "remedy"),
    [
        (changed("ledger {name} is busy", "ledger .* busy"), 4, "regular expression", "`...`"),
        (changed("settle:", "setle:"), 9, "setle", "`settle`"),
        (changed("[ {name}]", "[ {nmae}]"), 7, "{nmae}", "{name}"),
        (changed("application", "aplication"), 5, "aplication", "CONTRIBUTING"),
        (changed("[ {name}]", " `x {name}`"), 7, "comes from outside", "without the slot"),
        (changed("  explains: true\n", ""), 2, "explains", "CONTRIBUTING"),
        (changed('{match: ["ledger l-7 is busy"]}', "{match: []}"), 10, "no example", "examples"),
        (changed('{says: "ledger {name} is busy"}', "{language: python}"), 4, "nothing must hold", "says"),
        (changed('{says: "ledger {name} is busy"}', "{says: busy ledger, deploy_within: soon}"), 4, "no time", "1h"),
        (changed('{says: "ledger {name} is busy"}', "{sqlstate: 4}"), 4, "sqlstate: 4", "five characters"),
        (changed("  settle:", "  runbook: javascript:alert(1)\n  settle:"), 9, "https", "knowledge/runbooks"),
        (changed("  name: busy ledger", "  name: a\n  name: b"), 4, "stands twice", "keep one"),
        (changed("ledger-busy", "Ledger Busy"), 2, "id", "id:"),
        ("- id: [x", 2, "no YAML", "mend it"),
        ("rules: none", 1, "not a list", "- id"),
        ("- &a [x]\n- [*a, *a]", 1, "anchor", "in full"),
        ("[" * 40 + "]" * 40, 1, "nested", "in full"),
        ("x" * 200_001, 1, "larger", "split"),
        ("- id: a\x00", 1, "no YAML", ""),
    ],
)
def test_a_fault_has_its_line_and_a_remedy(text: str, line: int, cause: str, remedy: str) -> None:
    """And costs its own rule only."""
    layer = read({"knowledge/rules/bad.yml": text, "knowledge/rules/good.yml": GOOD.replace("ledger-busy", "other")})
    assert [rule.id for rule in layer.rules] == ["other"]
    (broken,) = layer.broken
    assert (broken.path, broken.line) == ("knowledge/rules/bad.yml", line)
    assert cause in broken.cause
    assert remedy in broken.remedy


def test_broken_rules_are_gaps_of_a_diagnosis_and_findings_of_check(tmp_path: Path) -> None:
    """So are examples that do not hold, files that lead elsewhere, and other bytes than UTF-8."""
    root = folder(tmp_path, bad=changed("ledger {name} is busy", "ledger .* busy"), wrong=GOOD.replace("l-7 is busy", "l-7 sleeps"))
    (root / FOLDER / "latin.yml").write_bytes(b"- id: \xff")
    (root / "outside.yml").write_text(GOOD, encoding="utf-8")
    (root / FOLDER / "link.yml").symlink_to(root / "outside.yml")
    gaps = of(root).gaps()
    assert {gap.wanted.partition(" at ")[2].rpartition(":")[0].rpartition("/")[2] for gap in gaps} == {"bad.yml", "latin.yml", "link.yml"}
    found = [finding for finding in findings(root, "knowledge") if finding.rule == "KB041"]
    assert len(found) == 4
    assert any("must match and does not" in finding.message for finding in found)


def test_a_rule_that_stands_twice_is_told() -> None:
    """The first one holds."""
    layer = read({"a.yml": GOOD, "b.yml": GOOD})
    assert len(layer.rules) == 1
    assert "twice" in layer.broken[0].cause
    assert layered((), layer) == layer.rules
