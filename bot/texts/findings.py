"""How lint findings read."""

from collections.abc import Sequence

from bot.core.lint.lint import Finding
from bot.core.plain_text.plain_text import cut, one_line
from bot.texts.workflow import inert_log

RULES_PAGE = "docs/lint-rules.md"


def report(finding: Finding) -> str:
    """`path:line: RULE message`, the remedy below it. Nothing in it is a command to GitHub Actions."""
    rule = f"{finding.rule} notice:" if finding.notice else finding.rule
    return inert_log(f"{one_line(finding.path)}:{finding.line}: {rule} {cut(one_line(finding.message), 500)}\n    {one_line(finding.remedy)}")


def summary(found: Sequence[Finding], entries: int) -> str:
    """The last line."""
    read = f"{entries} {'entry' if entries == 1 else 'entries'} read"
    if not found:
        return f"{read}, nothing to mend."
    notices = sum(finding.notice for finding in found)
    wrong = len(found) - notices
    told = [f"{wrong} {'finding' if wrong == 1 else 'findings'}"] if wrong else ["nothing that must be mended"]
    told += [f"{notices} {'notice' if notices == 1 else 'notices'}"] if notices else []
    return f"{read}, {', '.join(told)}. Each rule with an example: {RULES_PAGE}"
