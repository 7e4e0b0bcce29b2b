"""Every rule of the linter: one deliberately awful folder with all its findings, and the entries the bot writes, with none."""

import re

import pytest

from bot.core.entry.entry import amended, render
from bot.core.lint.lint import RULES, Finding, check
from bot.core.redaction.redaction import Redactor
from bot.texts.entry_page import new_entry, record_occurrence
from tests.conftest import project
from tests.lint_pages import GOOD, PATH
from tests.occurrences import SECOND, occurrence, signature

TOKEN = "ghp_" + "Zk3vT9qLw2XyB7nRd5Hs8JpCmAf4Ge6UtQ1o"

AWFUL = f"""\
---
signature: "bad_name"
title: Ma\u00f1ana\u202eana
status: resolved
severity: high
category: application
error_type: ValueError
culprit: run
services: []
environments: [prod]
first_seen: 2025-12-20
last_seen: 2025-12-17
occurrences: 1
threads:
  - https://acme.slack.com/archives/C0ALERTS1/p1765526465120900
  - https://acme.slack.com/archives/C0ALERTS1/p1765526465120900
resolved_at: 2025-12-01
aliases: [other]
fingerprint: "v1:{"0" * 32}"
schema: 1
---
## Error Signature
See [the runbook](../../docs/gone.md), [this](other.md) and `[not](this.md)`.
Contact <id> or ![look](https://e.example/pixel.png)
## In short
<<<<<<< HEAD
one
=======
two
>>>>>>> branch
token {TOKEN}
## In short
## Common Causes
[ref]: missing.md
<script>alert(1)</script>
## Diagnosis History
## Resolution Patterns
```python
never closed
"""
OTHER = (
    AWFUL.replace('"bad_name"', '"other"')
    .replace("status: resolved", "status: urgent")
    .replace("aliases: [other]", "alias: x")
    .replace("schema: 1\n", "")
    .replace("severity: high", "severity: no")
)


def secrets(text: str) -> list[tuple[int, str]]:
    """As `bot check` looks for them."""
    return [(span.start, span.kind) for span in Redactor().spans(text)]


def told(found: list[Finding]) -> list[str]:
    """`file:line: rule message`."""
    return [f"{one.path.rpartition('/')[2]}:{one.line}: {one.rule} {one.message}" for one in found]


def test_an_awful_file_has_every_finding() -> None:
    """All of them at once, each at its line, no more and no fewer."""
    found = check({"knowledge/errors/awful.md": AWFUL}, frozenset({"knowledge/errors/other.md"}).__contains__, secrets)
    assert told(found) == [
        "awful.md:2: KB014 the file is named awful, its signature is bad_name",
        "awful.md:3: KB033 the invisible character U+202E",
        "awful.md:4: KB017 resolved without resolution",
        "awful.md:11: KB015 first_seen (2025-12-20T00:00:00Z) is after last_seen (2025-12-17T00:00:00Z)",
        "awful.md:13: KB016 1 occurrences, but 2 threads",
        "awful.md:14: KB016 a thread is listed twice",
        "awful.md:17: KB015 resolved_at (2025-12-01T00:00:00Z) is before first_seen (2025-12-20T00:00:00Z)",
        "awful.md:22: KB020 the section `## Related Errors` is missing",
        "awful.md:23: KB030 the link to ../../docs/gone.md leads nowhere",
        "awful.md:24: KB032 an image",
        "awful.md:24: KB032 raw HTML: `<id`",
        "awful.md:25: KB021 `## In short` stands after `## Error Signature`",
        "awful.md:26: KB022 a merge-conflict marker: `<<<<<<<`",
        "awful.md:30: KB022 a merge-conflict marker: `>>>>>>>`",
        "awful.md:31: KB031 looks like a secret (github-token)",
        "awful.md:32: KB021 the section `## In short` stands twice",
        "awful.md:34: KB030 the link to missing.md leads nowhere",
        "awful.md:35: KB032 raw HTML: `<script`",
        "awful.md:35: KB032 raw HTML: `<script`",
        "awful.md:36: KB021 `## Diagnosis History` stands after `## Common Causes`",
        "awful.md:39: KB023 the closing ``` is missing",
    ]
    assert all(finding.remedy for finding in found)
    assert TOKEN not in str(found)


def test_a_folder_of_awful_files() -> None:
    """What files say of each other, front matter that breaks the schema, names, size, and a folder without entries."""
    files = {
        "knowledge/errors/a b.md": GOOD,
        "knowledge/errors/awful.md": AWFUL.replace('"bad_name"', '"awful"'),
        "knowledge/errors/clash.md": AWFUL.replace('"bad_name"', '"clash"').replace("resolved_at: 2025-12-01", "replaced_by: gone"),
        "knowledge/errors/keys.md": OTHER,
        "knowledge/errors/list.md": "---\n- a\n---\n",
        "knowledge/errors/marker.md": GOOD.replace("title:", "=======\ntitle:"),
        "knowledge/errors/twice.md": GOOD.replace("title:", "severity: low\ntitle:"),
    }
    rules = ("KB003", "KB010", "KB011", "KB012", "KB013", "KB014", "KB018", "KB019", "KB022")
    found = [finding for finding in check(files) if finding.rule in rules and not (finding.rule == "KB022" and finding.line > 20)]
    assert told(found) == [
        "a b.md:1: KB014 'a b' is no name for an entry",
        "clash.md:17: KB019 replaced by gone, but resolved",
        "clash.md:18: KB018 aliases other also belongs to knowledge/errors/awful.md",
        f"clash.md:19: KB018 fingerprint v1:{'0' * 32} also belongs to knowledge/errors/awful.md",
        "keys.md:1: KB012 the key `schema` is missing",
        "keys.md:4: KB013 `status`: urgent is none of its values",
        "keys.md:5: KB013 `severity`: no is none of its values",
        "keys.md:18: KB011 unknown key `alias`",
        "list.md:2: KB010 the front matter is not a list of `key: value` lines",
        "marker.md:3: KB022 a merge-conflict marker: `=======`",
        "twice.md:6: KB010 the key `severity` stands twice (first on line 3)",
    ]
    assert told(check({"knowledge/README.md": "# x\n"})) == ["errors:1: KB003 no entry found"]


@pytest.mark.slow
def test_a_page_that_is_too_large() -> None:
    """GitHub and people stop reading at half a megabyte."""
    found = [finding for finding in check({"knowledge/large.md": "x" * 500_001}) if finding.rule != "KB003"]
    assert told(found) == ["large.md:1: KB002 500 kB"]


def test_an_alias_that_is_the_name_of_another_entry() -> None:
    """The alert would have two homes."""
    other = render(amended(new_entry(signature(message="other"), occurrence(SECOND)), {"aliases": (signature().name,)}))
    found = check({PATH: GOOD, f"knowledge/errors/{signature(message='other').name}.md": other})
    assert [finding.rule for finding in found] == ["KB018"]
    assert PATH in found[0].message


def test_every_rule_is_shown_by_the_awful_files_or_by_the_job() -> None:
    """No rule without a test: those that need the disk are tested with `bot check`."""
    source = (project() / "tests" / "test_lint.py").read_text(encoding="utf-8")
    on_disk = {"KB001", "KB004", *(f"KB04{number}" for number in range(6))}
    assert {rule.id for rule in RULES if rule.id not in source.partition("def test_every_rule")[0]} == on_disk


def test_what_the_bot_writes_has_nothing_to_mend() -> None:
    """New, again, and with hostile text in it."""
    evil = "<img src=x> ![a](http://e.example/p.png) [x](gone.md) </details> ``` <!-- \u202e\u200b <<<<<<< HEAD\n## In short\n~~~\n<b>\n[r]: gone.md"
    entry = new_entry(signature(message=evil, culprit=evil), occurrence(cause=evil, fix=evil, release=evil, service=evil))
    for ts in (SECOND, "1766062764.000200"):
        entry = record_occurrence(entry, occurrence(ts, cause=f"{evil} again", fix=evil, environment=evil))
        path = f"knowledge/errors/{entry.meta.signature}.md"
        assert check({path: render(entry)}, None, secrets) == []
    assert check({PATH: GOOD}, None, secrets) == []


@pytest.mark.parametrize(
    "words",
    [
        "`<id>` and `![x](y.md)`",
        "\\<id> and \\[x](y.md)",
        "```\n<id>\n[x](y.md)\n<<<<<<< HEAD\n```",
        "    <id> [x](y.md)",
        "<https://example.com> and [x](https://example.com) and [x](#in-short) and [x](mailto:a@b.example)",
        "<details>\n<summary>More</summary>\n\ntext\n\n</details>",
        "a < b and c <= d, 3 <4",
        "<!-- a note with <id> -->",
        f"[itself]({signature().name}.md#in-short)",
        f"[root](/{PATH})",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 caf\u00e9\u00a0",
        "=======\n\nunderlined\n=======",
    ],
)
def test_what_is_allowed(words: str) -> None:
    """Code, autolinks, harmless tags, links that lead somewhere."""
    assert check({PATH: GOOD.replace("## Related Errors\n", f"## Related Errors\n\n{words}\n\n")}) == []


@pytest.mark.parametrize("target", ["../../../etc/passwd", "gone.md", "<gone file.md>", "/gone.md", "gone%20file.md#x", "../errors"])
def test_links_that_lead_nowhere(target: str) -> None:
    """Also out of the repository."""
    found = check({PATH: GOOD + f"\n[x]({target})\n"})
    assert [finding.rule for finding in found] == ["KB030"]


def test_the_documentation_has_a_heading_for_each_rule() -> None:
    """Rule ids and headings are the same, each with what to do and an example before and after."""
    page = (project() / "docs" / "lint-rules.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (KB\d{3})\b.*$", page, flags=re.MULTILINE)
    assert parts[1::2] == [rule.id for rule in RULES]
    for name, part in zip(parts[1::2], parts[2::2], strict=True):
        rule = next(rule for rule in RULES if rule.id == name)
        assert rule.text in part, name
        assert "Before:" in part, name
        assert "After:" in part, name
        assert rule.remedy in part, name
