"""How lint findings read."""

from collections.abc import Sequence

from bot.core.lint import Finding
from bot.core.plain_text import cut, one_line
from bot.texts.workflow import inert_log

RULES_PAGE = "docs/lint-rules.md"


def report(finding: Finding) -> str:
    """`path:line: RULE message`, the remedy below it. Nothing in it is a command to GitHub Actions."""
    return inert_log(f"{one_line(finding.path)}:{finding.line}: {finding.rule} {cut(one_line(finding.message), 500)}\n    {one_line(finding.remedy)}")


def summary(found: Sequence[Finding], entries: int) -> str:
    """The last line."""
    read = f"{entries} {'entry' if entries == 1 else 'entries'} read"
    if not found:
        return f"{read}, nothing to mend."
    return f"{read}, {len(found)} {'finding' if len(found) == 1 else 'findings'}. Each rule with an example: {RULES_PAGE}"
