"""A small YAML text says where it is wrong, and what was probably meant."""

from typing import Annotated

import msgspec
import pytest

from bot.core.entry.life import Ending
from bot.core.entry.yaml_tree import YamlFault, record, tree
from bot.model import Record


def test_yaml_says_where_it_is_wrong() -> None:
    """The line, the path, and what was probably meant."""
    assert tree("a: 1\nb:\n  - x\n  - c: 'y'\n", 5).lines == {"": 5, "a": 5, "b": 6, "b[0]": 7, "b[1]": 8, "b[1].c": 8}
    assert tree("a: 1\nb: [x, {c: y}]", 5).data == {"a": "1", "b": ["x", {"c": "y"}]}
    assert tree("").data is None
    for text, line, cause in (
        ("a: &b c", 1, "an anchor or alias"), ("a: 1\nb: *a", 2, "an anchor or alias"), ("a: 1\na: 2", 2, "`a` stands twice (first on line 1)"),
        ("? [a]\n: b", 1, "a key that is no word"),
        ("a: [[[[x]]]]", 1, "nested more than 4 deep"), ("a: b\nb: ]", 2, "no YAML: "), ("x:\n  a: 1\n  a: 2", 3, "`a` stands twice (first on line 2)"),
        ("a: \x00", 1, "no YAML: unacceptable character #x0000"),
    ):  # fmt: skip
        with pytest.raises(YamlFault) as caught:
            tree(text)
        assert (caught.value.line, caught.value.cause[: len(cause)]) == (line, cause)
    assert tree("a: [[[x]]]").data == {"a": [[["x"]]]}
    lines = {"": 1, "x.because": 4, "x": 3}
    for data, line, cause, remedy in (
        ({"because": 5, "time": "x"}, 4, "`x.because`: Expected `str`, got `int`",
        "write because, time, commit, pull_request, each as the documentation shows"),
        ({"becuse": "x"}, 3, "`x.becuse`: Object contains unknown field `becuse`", "did you mean `because`?"),
        ({}, 3, "`x`: Object missing required field `because`", "write because"),
    ):  # fmt: skip
        with pytest.raises(YamlFault) as caught:
            record(Ending, data, lines, "x")
        assert (caught.value.line, caught.value.cause, caught.value.remedy[: len(remedy)]) == (line, cause, remedy)
    with pytest.raises(YamlFault, match=r"^Expected `object`, got `str`") as caught:
        record(Ending, "x", lines, known=("one", "two"))
    assert (caught.value.line, caught.value.remedy[:15]) == (1, "write one, two,")


class Code(Record, frozen=True):
    """What has a form of its own."""

    name: Annotated[str, msgspec.Meta(pattern="^[A-Z_]{2,20}$")]


def test_a_form_is_told_without_its_pattern() -> None:
    """Nobody who mends a list of codes reads regular expressions."""
    with pytest.raises(YamlFault, match=r"^`codes.name`: Expected `str` of the right form$"):
        record(Code, {"name": "db deadlock"}, {"": 1, "codes.name": 3}, "codes")
