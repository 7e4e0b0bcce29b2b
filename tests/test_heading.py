"""How an error is called in titles: nothing of a chat's decoration, and no "unknown"."""

import pytest

from bot.core.signature.heading import called, undecorated, what_and_where
from bot.model import Signature


def named(error_type: str, culprit: str, message: str = "") -> Signature:
    """A signature of these parts."""
    return Signature("name", "v2:0", culprit, error_type, message)


@pytest.mark.parametrize(
    ("error_type", "culprit", "expected"),
    [
        ("ValidationError", "transfer_handler", "ValidationError in transfer_handler"),
        ("TypeError", "unknown", "TypeError"),
        ("unknown", "fulfilment", "error in fulfilment"),
        ("unknown", "unknown", "error"),
        ("", "fulfilment", "error in fulfilment"),
        ("TypeError", "", "TypeError"),
    ],
)
def test_what_is_not_known_is_left_out(error_type: str, culprit: str, expected: str) -> None:
    """Of an alert without a type only its place is named."""
    assert what_and_where(named(error_type, culprit)) == expected


def test_the_message_is_told_in_its_own_letters_without_decoration() -> None:
    """The name of an error is worked out in lower case, decoration and all; people read neither."""
    said = ":warning: *[FIRING] KafkaConsumerLagHigh* of 4 groups"
    signature = named("unknown", "fulfilment", ":warning: *[firing] kafkaconsumerlaghigh* of <n> groups")

    assert called(signature, said) == "error in fulfilment: [FIRING] KafkaConsumerLagHigh of … groups"


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        (":boom: *KubeContainerOOMKilled* (critical)", "KubeContainerOOMKilled (critical)"),
        (":fire::fire: disk full", "disk full"),
        ("SELECT count(*) FROM a * b", "SELECT count(*) FROM a * b"),
        ("::1: connection refused", "::1: connection refused"),
        ("interface {} is nil, not *http.Request", "interface {} is nil, not *http.Request"),
        ("no known conversion from char* to int", "no known conversion from char* to int"),
        ("*Error:* disk full", "Error: disk full"),
        ("key :id: is missing", "key :id: is missing"),
        (":warning:", ":warning:"),
        ("", ""),
    ],
)
def test_decoration_is_taken_off_and_nothing_else(headline: str, expected: str) -> None:
    """Emoji at the beginning, asterisks around words."""
    assert undecorated(headline) == expected
