"""Whatever comes from outside in whatever shape, it is read as far as it goes, and nothing raises."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import Fields
from bot.core.alert.slack_message import collect
from bot.core.logs.document import MAX_TEXT, event

pytestmark = pytest.mark.slow

FIELDS = Fields()
NOON = datetime(2025, 12, 16, 12, 0, tzinfo=UTC)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50) | st.just("2025-12-16T12:00:00Z"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "type", "name", "level", "trace_id", "msg"]), inner, max_size=4),
    max_leaves=6,
)
NAMES = sorted({name.split(".")[0] for kind in Fields.__struct_fields__ for name in getattr(FIELDS, kind)} | {"trace.id", "error.type"})
KEYS = (
    "text",
    "blocks",
    "attachments",
    "files",
    "type",
    "elements",
    "fields",
    "title",
    "value",
    "url",
    "title_link",
    "rows",
    "fallback",
    "preview",
    "indent",
    "message_blocks",
    "message",
    "options",
    "timestamp",
    "accessory",
)
KINDS = (
    "section",
    "rich_text",
    "rich_text_list",
    "rich_text_section",
    "rich_text_quote",
    "table",
    "button",
    "overflow",
    "mrkdwn",
    "plain_text",
    "link",
    "date",
    "header",
    "odd",
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(KINDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JUNK, max_size=6))
def test_no_document_raises(document: dict[str, object]) -> None:
    """Whatever stands in whatever field, there is an event with bounded text."""
    found = event(document, FIELDS, "p", NOON)
    assert found is not None
    assert len(found.message) <= MAX_TEXT + 100
    found.message.encode()


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=6))
def test_no_shape_makes_it_raise(message: dict[str, Any]) -> None:
    """Wrong types anywhere are passed over."""
    text, links = collect(message)
    assert isinstance(text, str)
    assert all(link.startswith(("http", "HTTP")) for link in links)
