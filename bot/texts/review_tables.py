"""The parts of a review that are numbers: tables, lists and charts that GitHub draws."""

from datetime import timedelta

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.upkeep.review_figures import Count, ReviewFigures, Row, Took
from bot.core.upkeep.review_period import Period
from bot.texts.board import dollars
from bot.texts.markdown import inline, table

SHORT_LIST = 20
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
__all__ = ["chart", "counts", "days", "pie", "requests", "rows", "speed", "spend", "top"]


def top(figures: ReviewFigures) -> str:
    """The ten that happened most."""
    cells = tuple((_link(row), row.meta.severity, row.meta.status, _services(row), str(row.now), str(row.before)) for row in figures.top)
    here, there = days(figures.period), f"the {figures.period.kind} before"
    return table(("Error", "Severity", "Status", "Services", here.capitalize(), there.capitalize()), cells)


def rows(shown: tuple[Row, ...], *, stale: bool = False) -> str:
    """A list, at most twenty, the rest counted."""
    lines = [f"- {_link(row)} · {row.meta.severity} · {_told(row, stale=stale)}" for row in shown[:SHORT_LIST]]
    return "\n".join((*lines, *([f"- and {len(shown) - SHORT_LIST} more"] if len(shown) > SHORT_LIST else [])))


def counts(name: str, told: tuple[Count, ...], period: Period) -> str:
    """Occurrences by something, against the period before."""
    cells = tuple((inline(cut(count.name, 80)), str(count.now), str(count.before), change(count)) for count in told[:SHORT_LIST])
    return table((name, days(period).capitalize(), f"The {period.kind} before", "Change"), cells)


def chart(figures: ReviewFigures) -> str:
    """Occurrences of each day as bars, those of the period before as a line. Only numbers and fixed words stand in it."""
    period = figures.period
    names = DAYS if period.kind == "week" else tuple(str(number + 1) for number in range(period.days))
    before = (*figures.daily_before, *(0 for _ in names))[: len(names)]
    highest = max((*figures.daily, *before, 1))
    return "\n".join(
        (
            "```mermaid",
            "xychart-beta",
            f'    title "Occurrences a day, and the {period.kind} before as a line"',
            f"    x-axis [{', '.join(names)}]",
            f'    y-axis "Occurrences" 0 --> {highest}',
            f"    bar [{', '.join(map(str, figures.daily))}]",
            f"    line [{', '.join(map(str, before))}]",
            "```",
        )
    )


def pie(told: tuple[Count, ...], title: str) -> str:
    """Shares; of names that come from a closed list."""
    shares = "\n".join(f'    "{count.name}" : {count.now}' for count in told if count.now)
    return f"```mermaid\npie showData title {title}\n{shares}\n```" if shares else ""


def speed(figures: ReviewFigures) -> str:
    """How long people and bot took."""
    told: tuple[tuple[str, Took], ...] = (
        ("Alert → pull request", figures.to_diagnosis),
        ("Pull request → merge", figures.to_merge),
        ("First alert → resolved", figures.to_resolution),
    )
    cells = tuple((name, str(took.count), length(took.middle), length(took.ninth)) for name, took in told if took.count)
    return table(("From … to …", "How many", "Half of them within", "Nine of ten within"), cells)


def requests(figures: ReviewFigures) -> str:
    """What became of the bot's own pull requests."""
    told = figures.requests
    lines = (
        f"- {told.opened} opened, {told.merged} merged, {told.rejected} rejected, {told.unanswered} closed by the bot",
        f"- {told.waiting} waiting at the end",
        f"- merge rate {rate(told.merge_rate)} of those that a person decided on" if told.merge_rate is not None else "",
        f"- edit rate {rate(told.edit_rate)}: {told.edited} of the merged ones changed by people first" if told.edit_rate is not None else "",
    )
    return "\n".join(line for line in lines if line)


def spend(figures: ReviewFigures) -> str:
    """US dollars, by model."""
    models = "".join(f"\n- {inline(model) if model else 'model not told'}: {dollars(amount)}" for model, amount in figures.by_model)
    return f"{dollars(figures.spent)}; the {figures.period.kind} before: {dollars(figures.spent_before)}.{chr(10) if models else ''}{models}"


def change(count: Count) -> str:
    """`+40 %`, `new`, `gone`, `=`."""
    if count.before == 0:
        return "new" if count.now else "="
    if count.now == 0:
        return "gone"
    percent = round(100 * (count.now - count.before) / count.before)
    return f"{percent:+d} %" if percent else "="


def rate(share: float | None) -> str:
    """In whole percent."""
    return f"{round(100 * share)} %" if share is not None else "unknown"


def length(took: timedelta) -> str:
    """To two units: `2 d 3 h`, `45 min`, `30 s`."""
    seconds = int(took.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min")]
    first = next(number for number, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def days(period: Period) -> str:
    """The period as a reader of its review calls it."""
    return f"this {period.kind}"


def _told(row: Row, *, stale: bool) -> str:
    if stale:
        return f"last seen {inline(row.meta.last_seen[:10])}"
    often = {0: "not seen", 1: "once", 2: "twice"}.get(row.now, f"{row.now} times")
    return f"{often}{f'; ended by: {inline(cut(one_line(row.meta.resolution), 160))}' if row.meta.status == 'resolved' and row.meta.resolution else ''}"


def _link(row: Row) -> str:
    return f"[{inline(cut(row.meta.title, 120)) or 'untitled'}](../errors/{row.meta.signature}.md)"


def _services(row: Row) -> str:
    return ", ".join(inline(cut(service, 60)) for service in row.meta.services[:3])
