"""Lines of the same statement get one template; lines that only look alike do not."""

import random

import pytest

from bot.core.logs.templates import MAX_LINE, VARIABLE, templates


def kinds(*messages: str) -> int:
    """How many templates so many messages come to."""
    return len(set(templates(messages)))


@pytest.mark.parametrize(
    "messages",
    [
        ("took 3 ms", "took 45 ms"),
        ("took 3 ms", "took 2.5 s"),
        ("stored block, size 12.5 KB, free 3.1 GB", "stored block, size 900 B, free 17 MB"),
        ("open 10.0.0.7:5070", "open 192.168.255.1:80"),
        ("read /etc/hosts now", "read /var/lib/app/state.db now"),
        ("GET /users/7?page=2 done", "GET /orders done"),
        ("from ns.host-a.example.com port 1", "from mail.example.org port 99"),
        ("mail to ann@example.com bounced", "mail to bob.b@mail.example.org bounced"),
        ("trace deadbeefdeadbeef", "trace feedfacecafebeef"),
        ("levels 3 4 5 used", "levels 1 used"),
        ("ready=true, boot=false", "ready=false, boot=null"),
        ("login for user root failed", "login for user guest failed"),
        ("since Fri Jun 17 07:07:00 2005", "since Mon Dec 1 17:01:59 2025"),
        ("lifetime <1 sec", "lifetime 00:05"),
        ("addr fe80::c6b3:1ff:fecd:467f up", "addr fe80::1:2ff:feab:99 up"),
    ],
)
def test_what_varies_is_left_out(messages: tuple[str, str]) -> None:
    """Figures with their units, addresses, paths, names of hosts, ids, dates, truth values."""
    assert kinds(*messages) == 1


@pytest.mark.parametrize(
    "messages",
    [
        ("VM started (event)", "VM paused (event)", "VM resumed (event)"),
        ("GET 7 done", "POST 7 done", "DELETE 7 done"),
        ("total memory: 7", "total disk: 7"),
        ("session opened", "session closed"),
    ],
)
def test_few_words_in_one_place_are_states_and_stay_apart(messages: tuple[str, ...]) -> None:
    """What a person would call different lines."""
    assert kinds(*messages) == len(messages)


def test_a_place_where_many_words_stand_varies() -> None:
    """Names without a figure are found by how many there are."""
    names = ("chargen", "daytime", "echo", "time", "cups", "rsync", "tftp", "finger")
    assert set(templates([f"removing {name} from the list" for name in names])) == {f"removing {VARIABLE} from the list"}


def test_answers_stand_in_the_order_of_the_lines() -> None:
    """One for each, repeats and empty lines included."""
    found = templates(["a 1", "", "b", "a 2", "a\n3"])
    assert found == [f"a {VARIABLE}", "", "b", f"a {VARIABLE}", f"a {VARIABLE}"]
    assert templates([]) == []


def test_a_batch_does_not_change_with_its_order() -> None:
    """The same lines shuffled group the same way."""
    lines = [f"user {name} did {verb} in {n} ms" for n, name in enumerate(("ann", "bob", "cid", "dee", "eva", "fay")) for verb in ("login", "logout")]
    shuffled = lines[:]
    random.Random(3).shuffle(shuffled)  # noqa: S311 - the same order every time
    assert dict(zip(lines, templates(lines), strict=True)) == dict(zip(shuffled, templates(shuffled), strict=True))


def test_hostile_lines_are_compared_by_their_beginning() -> None:
    """Binary, lone surrogates, JSON in JSON, lines of megabytes without a space: an answer for each, soon."""
    hostile = ["\x00\x1b[31m\ud800" * 9, "x" * 3_000_000, "/a" * 500_000, "a." * 500_000, "@" * 500_000, '{"message":"{\\"a\\":\\"b\\"}"}', "<" * 9_999]
    found = templates(hostile)
    assert len(found) == len(hostile)
    assert all(len(template) <= 4 * MAX_LINE for template in found)


@pytest.mark.slow
def test_many_lines_that_share_nothing_cost_in_proportion() -> None:
    """A hundred thousand different lines are answered, each with a template of its own words."""
    chance = random.Random(1)  # noqa: S311 - the same lines every time
    words = ["".join(chance.choice("abcdefghij") for _ in range(6)) for _ in range(2_000)]
    lines = [" ".join(chance.choice(words) for _ in range(12)) for _ in range(100_000)]
    found = templates(lines)
    assert len(found) == len(lines)
    assert len(set(found)) > 90_000
