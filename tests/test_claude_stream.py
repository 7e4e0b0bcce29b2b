"""A reply as it comes in: its time and its size end, whatever the server sends."""

import anthropic
import pytest

from bot.config.claude import Claude
from bot.diagnosers.claude_client import ModelClient
from bot.diagnosers.claude_refusals import NoAnswer
from tests.claude_room import GOOD, Waits, asked
from tests.fakes.anthropic_server import KEY, FakeAnthropic, Turn, says, text

pytestmark = pytest.mark.slow


def test_two_megabytes_are_not_read_to_the_end() -> None:
    """A server that sends more than was asked for is left; what was asked for is the most that it may bill."""
    diagnosis, _, _ = asked([Turn((text("x" * 2_000_000),))], Claude(output_tokens=4_000))

    assert "the reply was longer than 80,000 characters" in diagnosis.fallback.lower()
    assert diagnosis.spend is not None
    assert diagnosis.spend.output_tokens == 4_000


def test_a_line_without_an_end_is_not_read_to_the_end() -> None:
    """Nor kept."""
    diagnosis, _, _ = asked([Turn(broken=b"x" * 3_000_000)], Claude(output_tokens=1_024))

    assert "The reply was longer than 1,024,000 bytes" in diagnosis.fallback


def test_a_stream_of_nothing_but_pings_ends_with_the_seconds() -> None:
    """They keep the line open while the model thinks, and are no event of the reply."""
    pings = Turn(broken=b'event: ping\ndata: {"type": "ping"}\n\n' * 50_000)
    asking = {"model": "claude-sonnet-5-5", "max_tokens": 1_024, "messages": [{"role": "user", "content": [text("packet")]}]}
    with FakeAnthropic([pings]) as server:
        client = ModelClient(anthropic.Anthropic(api_key=KEY, base_url=server.url, max_retries=0), monotonic=Waits(step=1.0).clocks().monotonic)
        with pytest.raises(NoAnswer, match="the model took too long"):
            client.send(asking, seconds=5, most_characters=1_000_000)


def test_a_block_that_is_newer_than_the_client_is_passed_over(recwarn: pytest.WarningsRecorder) -> None:
    """Without a word on the terminal about the client's own types."""
    newer = {"type": "server_tool_use", "id": "s1", "name": "look_around", "input": {}}

    diagnosis, _, _ = asked([Turn((newer, *says(GOOD).content))])

    assert (diagnosis.fallback, [one for one in recwarn if one.category is UserWarning]) == ("", [])


def test_an_error_in_the_middle_of_a_stream_is_one() -> None:
    """It comes under status 200."""
    raw = b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'

    diagnosis, server, _ = asked([Turn(broken=raw), says(GOOD)])

    assert (diagnosis.fallback, len(server.bodies)) == ("", 2)
