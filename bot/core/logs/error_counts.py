"""The counts over an application's own table of errors: by code, by hour, by provider; failed executions with their durations."""

from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from bot.model import WantedQuery
from bot.regex import regex

TimeForm = Literal["timestamp", "text", "epoch"]
UNAPPROVED = "nobody approved reading it"
"""The cause of the gap that stands for queries of a database that wait for approval."""
NAME = regex(r"[A-Za-z_]\w{0,62}(?:\.[A-Za-z_]\w{0,62})?")
_LOOK_BACK = timedelta(hours=24)
_MOST = 50


class Table(Protocol):
    """The table and its columns, as the configuration names them (`bot.config.sources.ErrorEvents`); an empty name: there is none."""

    @property
    def table(self) -> str: ...  # noqa: D102 - the class says it
    @property
    def time(self) -> str: ...  # noqa: D102 - as above
    @property
    def time_form(self) -> TimeForm: ...  # noqa: D102 - as above
    @property
    def code(self) -> str: ...  # noqa: D102 - as above
    @property
    def category(self) -> str: ...  # noqa: D102 - as above
    @property
    def provider(self) -> str: ...  # noqa: D102 - as above
    @property
    def user(self) -> str: ...  # noqa: D102 - as above
    @property
    def executions(self) -> str: ...  # noqa: D102 - as above
    @property
    def status(self) -> str: ...  # noqa: D102 - as above
    @property
    def duration(self) -> str: ...  # noqa: D102 - as above


def queries(errors: Table, end: datetime) -> tuple[WantedQuery, ...]:
    """Counts over the 24 hours before `end`. Users are counted, never listed."""
    return tuple(query for query in (_by_code(errors, end), _by_hour(errors, end), _by_provider(errors, end), _executions(errors, end)) if query)


def misnamed(errors: Table) -> str | None:
    """The first configured name that is no plain name of a table or column; it would end up inside a query."""
    names = (errors.table, errors.time, errors.code, errors.category, errors.provider, errors.user, errors.executions, errors.status, errors.duration)
    return next((name for name in names if name and not NAME.fullmatch(name)), None)


def _by_code(errors: Table, end: datetime) -> WantedQuery:
    columns = [name for name in (errors.code, errors.category) if name]
    users = f", count(DISTINCT {errors.user}) AS users" if errors.user else ""
    sql = (
        f"SELECT {''.join(f'{name}, ' for name in columns)}count(*) AS errors{users}, min({errors.time}) AS first, max({errors.time}) AS last\n"
        f"FROM {errors.table} WHERE {_within(errors, end)}\n{_grouped(columns)}ORDER BY errors DESC LIMIT {_MOST}"
    )
    return WantedQuery(sql, "errors of the last 24 hours by code and category", f"at most {_MOST}")


def _by_hour(errors: Table, end: datetime) -> WantedQuery:
    forms = {"timestamp": f"date_trunc('hour', {errors.time})", "text": f"substr({errors.time}, 1, 13)", "epoch": f"{errors.time} / 3600 * 3600"}
    hour = forms[errors.time_form]
    sql = f"SELECT {hour} AS hour, count(*) AS errors\nFROM {errors.table} WHERE {_within(errors, end)}\nGROUP BY 1 ORDER BY 1 LIMIT 25"
    return WantedQuery(sql, "errors by hour", "at most 25")


def _by_provider(errors: Table, end: datetime) -> WantedQuery | None:
    if not errors.provider:
        return None
    users = f", count(DISTINCT {errors.user}) AS users" if errors.user else ""
    sql = (
        f"SELECT {errors.provider}, count(*) AS errors{users}\nFROM {errors.table} WHERE {_within(errors, end)}\n"
        f"GROUP BY {errors.provider} ORDER BY errors DESC LIMIT {_MOST}"
    )
    return WantedQuery(sql, "errors by provider", f"at most {_MOST}")


def _executions(errors: Table, end: datetime) -> WantedQuery | None:
    if not errors.executions:
        return None
    times = f", round(avg({errors.duration})) AS mean_duration, max({errors.duration}) AS longest" if errors.duration else ""
    sql = (
        f"SELECT {errors.status}, count(*) AS executions{times}\nFROM {errors.executions} WHERE {_within(errors, end)}\n"
        f"GROUP BY {errors.status} ORDER BY executions DESC LIMIT 20"
    )
    return WantedQuery(sql, "executions by status, with their durations", "at most 20")


def _grouped(columns: list[str]) -> str:
    return f"GROUP BY {', '.join(columns)} " if columns else ""


def _within(errors: Table, end: datetime) -> str:
    return f"{errors.time} >= {_moment(errors, end - _LOOK_BACK)} AND {errors.time} <= {_moment(errors, end)}"


def _moment(errors: Table, time: datetime) -> str:
    if errors.time_form == "epoch":
        return str(int(time.timestamp()))
    # SQLite's own form, which also sorts right against ISO times of the same day but for the letter between date and time.
    form = "%Y-%m-%d %H:%M:%S" if errors.time_form == "text" else "%Y-%m-%d %H:%M:%S+00"
    return f"'{time.astimezone(UTC).strftime(form)}'"
