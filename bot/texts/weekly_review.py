"""The review of a week or month: the page, and the pull request that brings it."""

from datetime import timedelta

from bot.core.plain_text.plain_text import cut
from bot.core.upkeep.review_figures import ReviewFigures
from bot.core.upkeep.review_page import mark
from bot.core.upkeep.review_patterns import Pattern
from bot.core.upkeep.review_period import Period
from bot.model import Category
from bot.texts import review_tables as tables
from bot.texts.markdown import code, inline
from bot.texts.markdown import title as plain
from bot.texts.numbers import times

_ACTIONS: dict[Category, tuple[str, ...]] = {
    "database": ("Look at pool size, locks and slow queries over the whole period, not of one alert", "Add an alert on what ran out, before it runs out"),
    "deployment": ("Find the deploys that these errors followed, and what would have caught them before", "Add that check to the pipeline"),
    "infrastructure": ("Compare limits (memory, disk, connections) with what was used at the peaks", "Plan the capacity, or take the load away"),
    "application": ("Read the code that these errors come from as a whole, and fix the cause once", "Add the test that fails without the fix"),
    "unknown": ("Find out what is missing to tell the cause, and log it",),
}
_DEEP_DIVE = (
    "Trends: which services and categories grew, and why?",
    "What comes back again and again, and what would end it for good?",
    "Which infrastructure has to be improved, and by when?",
    "Thresholds: which alerts were noise, and what was told too late?",
    "What went well? Say so.",
)


def name(period: Period) -> str:
    """`Week 47 of 2026 (16 to 22 November)`, `November 2026`."""
    last = period.end - timedelta(days=1)
    if period.kind == "month":
        return f"{period.start:%B %Y}"
    first = f"{period.start.day}{'' if period.start.month == last.month else f' {period.start:%B}'}"
    return f"Week {int(period.name[-2:])} of {period.name[:4]} ({first} to {last.day} {last:%B})"


def nothing(period: Period) -> str:
    """The whole review of a period in which nothing happened."""
    return f"{name(period)}: no alert, no pull request, nothing resolved, nothing spent."


def page(figures: ReviewFigures) -> str:
    """The page, Markdown that GitHub draws."""
    period = figures.period
    head = f"# Review: {name(period)}"
    if figures.empty:
        return f"{head}\n\n{nothing(period)}\n"
    sections = (
        ("Top ten", tables.top(figures)),
        ("Day by day", tables.chart(figures)),
        ("Came back after a fix", tables.rows(figures.regressed)),
        ("New", tables.rows(figures.new)),
        ("Recurring", tables.rows(figures.recurring)),
        ("Resolved", tables.rows(figures.resolved)),
        ("Open, but not seen for ninety days", tables.rows(figures.stale, stale=True)),
        ("By service", tables.counts("Service", figures.services, period)),
        ("By category", "\n\n".join(filter(None, (tables.pie(figures.categories, "Occurrences"), tables.counts("Category", figures.categories, period))))),
        ("By severity", tables.counts("Severity", figures.severities, period)),
        ("How long it took", tables.speed(figures)),
        ("The bot's own pull requests", tables.requests(figures)),
        ("Spend", tables.spend(figures)),
        ("Recurring patterns", "\n\n".join(_pattern(pattern, figures) for pattern in figures.patterns)),
        ("For the deep dive", "\n".join(f"- [ ] {question}" for question in _DEEP_DIVE) if period.kind == "month" else ""),
    )
    told = "\n\n".join(f"## {title}\n\n{words}" for title, words in sections if words)
    return f"{head}\n\n{summary(figures)}\n\n{told}\n"


def summary(figures: ReviewFigures) -> str:
    """Four lines at most: what a reader of the channel needs."""
    per_day = figures.occurrences.now / figures.period.days
    before, stale = figures.occurrences.before / figures.period.before.days, (len(figures.stale), "not seen for ninety days")
    lines = [
        f"- **{_many(figures.occurrences.now, 'occurrence')}** of {_many(figures.errors.now, 'error')}: {per_day:.1f} a day, "
        f"after {before:.1f} a day the {figures.period.kind} before",
        f"- {_counted((len(figures.new), 'new'), (len(figures.regressed), 'came back after a fix'), (len(figures.resolved), 'resolved'), stale)}",
        f"- pull requests of the bot: {figures.requests.merged} merged, {figures.requests.rejected} rejected, {figures.requests.waiting} waiting",
    ]
    if figures.top and figures.top[0].now > 1:
        lines.append(f"- most frequent: {inline(cut(figures.top[0].meta.title, 120))}, {times(figures.top[0].now)}")
    broken = f"\n\n{_many(figures.broken, 'entry', 'entries')} could not be read and {'is' if figures.broken == 1 else 'are'} not counted."
    return "\n".join(lines) + (broken if figures.broken else "")


def _counted(*told: tuple[int, str]) -> str:
    """Only what there is: a row of noughts tells nobody anything."""
    return ", ".join(f"{count} {words}" for count, words in told if count) or "nothing new, nothing resolved"


def request_title(period: Period) -> str:
    """Of the pull request and its commit."""
    return plain(f"Review: {name(period)}", 140)


def request_body(figures: ReviewFigures, *, channel: bool, track: bool) -> str:
    """What a reviewer needs: the numbers, what is theirs to do, and what merging does."""
    patterns = len(figures.patterns)
    does = [
        "the review is posted to the configured channel" if channel else "",
        f"a tracking issue is opened for each recurring pattern that is left in the page ({patterns} now)" if track and patterns else "",
    ]
    merging = "".join(f"\n- {line}" for line in does if line) or "\n- the page is published; nothing is posted (`reviews: channel:`)"
    return (
        f"{summary(figures)}\n\nRead it, take out what is wrong or not worth an issue, add what you know, and merge. "
        f"What you write is what is published.\n\n**When you merge this:**{merging}"
    )


def _pattern(pattern: Pattern, figures: ReviewFigures) -> str:
    titles = {row.meta.signature: row.meta.title for row in (*figures.new, *figures.recurring, *figures.regressed)}
    shown = pattern.signatures[: tables.SHORT_LIST]
    errors = "\n".join(f"- [{inline(cut(titles.get(one, one), 120)) or one}](../errors/{one}.md)" for one in shown)
    more = f"\n- and {len(pattern.signatures) - len(shown)} more" if len(pattern.signatures) > len(shown) else ""
    actions = "\n".join(f"- [ ] {action}" for action in _ACTIONS[pattern.category])
    told = f"{_many(len(pattern.signatures), 'error')}, {_many(pattern.occurrences, 'occurrence')} {tables.days(figures.period)}:"
    return f"### {_shared(pattern)}\n\n{mark(pattern.key)}\n\n{told}\n\n{errors}{more}\n\nTo do:\n\n{actions}"


def _shared(pattern: Pattern) -> str:
    if pattern.kind == "culprit":
        return f"Several errors come out of {code(cut(pattern.shared[0], 80))}"
    if pattern.kind == "service":
        return f"{inline(cut(pattern.shared[0], 60))}: errors of the kind {pattern.category} pile up"
    return f"Causes that speak of {', '.join(code(word) for word in pattern.shared)}"


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"
