"""The phrases of rules: words, slots and gaps, found in linear time, and no regular expressions."""

import pytest

from bot.core.rules.codes import codes, stands
from bot.core.rules.phrase import fault, find, text
from tests.growth import in_proportion


@pytest.mark.parametrize(
    ("phrase", "said", "words", "slots"),
    [
        ("deadlock detected", "ERROR:  Deadlock   detected\nDETAIL", "Deadlock detected", {}),
        ('relation "{name}" does not exist', 'ERROR: relation "leaves" does not exist', 'relation "leaves" does not exist', {"name": "leaves"}),
        ("{at:address} ... connection refused", "dial tcp 10.0.3.7:8080: connect: connection refused", None, {"at": "10.0.3.7:8080"}),
        ("ECONNREFUSED {at:address}", "connect ECONNREFUSED 127.0.0.1:9090.", "ECONNREFUSED 127.0.0.1:9090", {"at": "127.0.0.1:9090"}),
        ("KeyError: '{name:setting}'", "KeyError: 'LEDGER_URL'", None, {"name": "LEDGER_URL"}),
        ("limit of size {size:number}", "QueuePool limit of size 20 overflow", "limit of size 20", {"size": "20"}),
        ("Cannot find module '{module}'", "Cannot find module '@acme/linux-x64'", None, {"module": "@acme/linux-x64"}),
        ("OptimisticLock*", "javax.OptimisticLockException: row", "OptimisticLockException", {}),
        ("İ ok then", "İ OK then", "İ OK then", {}),
    ],
)
def test_a_phrase_is_found_with_its_values(phrase: str, said: str, words: str | None, slots: dict[str, str]) -> None:
    """Whatever the case and the blanks; the words are those of the text."""
    assert fault(phrase) is None
    found = find(phrase, text(said))
    assert found is not None
    assert dict(found.slots) == slots
    assert words is None or found.words == words


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("connection refused", "reconnection refusedly"),
        ("KeyError: '{name:setting}'", "KeyError: 'amount'"),
        ("deadlock ... detected", "deadlock\ndetected"),
        ("deadlock ... detected", f"deadlock {'x' * 100} detected"),
        ("limit of size {size:number}", "limit of size large"),
        ('relation "{name}" does not exist', 'relation "a b" does not exist'),
    ],
)
def test_a_phrase_is_not_found_in_what_only_looks_like_it(phrase: str, said: str) -> None:
    """Whole words, one line, values of their kind."""
    assert find("ledger is busy", text("the ledger is busy now")) is not None
    assert find(phrase, text(said)) is None


@pytest.mark.parametrize(
    "phrase",
    [
        "ledger .* busy",
        r"took \d+ seconds",
        "(a+)+ busy",
        "x{1,20} busy",
        "[a-z] busy",
        "(?i)busy",
        "{a}{b} busy",
        "... busy",
        "busy ...",
        "{name}",
        "",
        "a" * 201,
    ],
)
def test_what_could_cost_or_mean_anything_is_refused(phrase: str) -> None:
    """Regular expressions, two values side by side, gaps at an end, nothing fixed."""
    assert fault(phrase)


@pytest.mark.slow
@pytest.mark.parametrize("hostile", ["connection refused ", "10.0.0.1:80 ", "a", 'relation "', "1.1.1.1:80", "x ... y "])
def test_hostile_text_costs_linear_time(hostile: str) -> None:
    """A text of one repeated piece, as long as is read at all."""
    for phrase in ("{at:address} ... connection refused", 'relation "{name}" does not exist', "refused ... connection ... x ... y ... refused zz"):
        assert in_proportion(lambda read, phrase=phrase: find(phrase, text(read)), hostile, 20_000 * len(hostile))  # type: ignore[misc]


def test_codes_are_read_in_the_forms_in_which_software_writes_them() -> None:
    """And not from numbers that happen to be there."""
    assert set(codes("(SQLSTATE 23514), pg code: '40001', ERROR: 53300: x").sqlstates) == {"23514", "40001", "53300"}
    assert codes("order code: 99999, account 40001").sqlstates == {}
    assert set(codes('HTTP/1.1" 503, status code 404, GET /v1/x 500, 429 Too Many Requests').http) == {"503", "404", "500", "429"}
    assert codes("took 503 ms for 404 rows").http == {}
    assert set(codes("rpc error: code = DeadlineExceeded; grpc 14 UNAVAILABLE: x").grpc) == {"DEADLINE_EXCEEDED", "UNAVAILABLE"}
    assert codes("7 UNAVAILABLE: x; status: INTERNAL").grpc == {}
    assert stands("P2024", "error P2024:")
    assert not stands("P2024", "error XP2024")
