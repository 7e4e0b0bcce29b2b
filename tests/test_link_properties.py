"""Whatever stands in a link, it is read back as it was written, or refused; nothing breaks a reader."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alert.permalink import EXAMPLE, parse
from bot.core.links import cloudwatch_link, dashboards_link
from bot.core.links.cloudwatch_link import ConsoleLink
from bot.core.links.dashboards_filter import Filter
from bot.core.links.dashboards_link import Selection
from bot.core.links.dashboards_tokens import Language
from bot.errors import BadLink

pytestmark = pytest.mark.slow

AT = datetime(2025, 12, 16, 12, 34, 56, 789000, tzinfo=UTC)
BASE = "https://log.us-west-2.example/_dashboards"
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\ue000"), max_size=40)
SCALAR = st.one_of(TEXT, st.booleans(), st.integers(-(10**15), 10**15), st.floats(-1e15, 1e15))
FIELD = st.from_regex(r"[a-z@][a-z.]{0,8}[a-z]", fullmatch=True)
BOUND = st.one_of(st.integers(-(10**9), 10**9), st.from_regex(r"[a-m]{1,5}", fullmatch=True))
FILTER = st.one_of(
    st.builds(lambda field, value, negate: Filter("phrase", field, (value,), negate=negate), FIELD, SCALAR, st.booleans()),
    st.builds(
        lambda field, values, negate: Filter("phrases", field, tuple(values), negate=negate), FIELD, st.lists(SCALAR, min_size=1, max_size=4), st.booleans()
    ),
    st.builds(lambda field, low, high: Filter("range", field, bounds=(("gte", low), ("lt", high))), FIELD, BOUND, BOUND),
    st.builds(lambda field, negate: Filter("exists", field, negate=negate), FIELD, st.booleans()),
)
MOMENT = st.integers(0, 10**12).map(lambda millis: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis))


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.text(max_size=30).map(lambda tail: EXAMPLE + tail),
        st.text(max_size=20).map(lambda host: f"https://{host}.slack.com/archives/C024BE91L/p1765864885835579"),
    )
)
def test_no_text_does_worse_than_be_refused(link: str) -> None:
    """Whatever is pasted, the answer is a canonical Permalink or a BadLink."""
    with contextlib.suppress(BadLink):
        permalink = parse(link)
        assert parse(permalink.url) == permalink


@given(
    st.text(alphabet="abcXYZ019._-/#", min_size=1, max_size=80),
    st.none() | st.text(alphabet=st.characters(codec="utf-8", exclude_characters=":*", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=80),
    st.none() | st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=80),
)
def test_any_link_to_a_log_group_is_read_back(group: str, stream: str | None, start: datetime | None, pattern: str) -> None:
    """Whatever stands in names and patterns."""
    link = ConsoleLink("us-west-2", group, stream, start.replace(microsecond=0) if start else None, None, pattern)
    assert cloudwatch_link.read(cloudwatch_link.write(link), AT) == (link,)


@settings(deadline=None)
@given(
    query=TEXT,
    language=st.sampled_from(("kuery", "lucene", "PPL")),
    filters=st.lists(FILTER, max_size=4),
    index=st.none() | st.from_regex(r"[a-z]{1,5}-\*", fullmatch=True),
    index_id=st.none() | st.uuids().map(str),
    times=st.lists(MOMENT, min_size=2, max_size=2, unique=True),
)
def test_what_is_written_is_read_again(
    query: str, language: Language, filters: list[Filter], index: str | None, index_id: str | None, times: list[datetime]
) -> None:
    """Whatever the query and the filters hold."""
    selection = Selection(query, language, tuple(filters), index, index_id, min(times), max(times))
    reading = dashboards_link.parse(dashboards_link.write(selection, BASE), AT)

    assert reading.unread == ()
    assert reading.selection == selection


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(("_a", "_g", "_q")))
def test_no_state_breaks_the_reader(state: str, name: str) -> None:
    """A link may hold anything."""
    reading = dashboards_link.parse(f"{BASE}/app/discover#/?{name}={state}&_a=({state})", AT)
    assert reading.selection is not None or reading.unread
