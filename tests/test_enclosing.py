"""The function around a line, in every language that alerts come from, and what a parser must not be brought down by."""

import textwrap
import time

import pytest

from bot.core.code.enclosing import Enclosure, defined, enclosing, lines_of
from bot.core.code.languages import language, language_of
from bot.core.code.neighbours import neighbours
from bot.core.code.syntax import Syntax, python_syntax
from bot.sources.code.grammars import Wanted, syntax
from bot.sources.code.syntax_reading import syntax_of

FAILS = "FAILS"
# The text of a file, the function that holds the line marked FAILS, the first and the last line of that function, the statement.
SOURCES = {
    "java": (
        """
        package acme;
        class Ledger {
            private final int limit = 3;
            static class Inner {
                @Override
                int save(int x) {
                    return items.stream()
                        .map(y -> y + x) // FAILS
                        .first();
                }
            }
        }
        """,
        ("Ledger.Inner.save", 5, 10, (7, 9)),
    ),
    "kotlin": (
        """
        class Ledger(private val db: Db) : Base() {
            private val limit = 3
            @Inject
            fun save(x: Int): Int {
                return rows.map { it + x }.first() // FAILS
            }
        }
        """,
        ("Ledger.save", 3, 6, (5, 5)),
    ),
    "scala": (
        """
        object Ledger {
          val limit = 3
          def save(x: Int): Int = {
            rows.map(y => y + x).head // FAILS
          }
        }
        """,
        ("Ledger.save", 3, 5, (4, 4)),
    ),
    "javascript": (
        """
        const limit = 3;
        const save = async (x) => {
          const row = await db.find(x);
          return row.value; // FAILS
        };
        """,
        ("save", 2, 5, (4, 4)),
    ),
    "typescript": (
        """
        export class Ledger {
          private limit: number = 3;
          @logged()
          async save(x: number): Promise<number> {
            return rows.map((y) => y + x)[0]; // FAILS
          }
        }
        """,
        ("Ledger.save", 3, 6, (5, 5)),
    ),
    "tsx": (
        """
        function Cart(props: Props) {
          const total = props.items.length; // FAILS
          return <b>{total}</b>;
        }
        """,
        ("Cart", 1, 4, (2, 2)),
    ),
    "go": (
        """
        package pay
        type Server struct {
        \tlimit int
        }
        func (s *Server) Save(x int) error {
        \tif x > s.limit {
        \t\treturn fmt.Errorf("too much: %d", x) // FAILS
        \t}
        \treturn nil
        }
        """,
        ("Server.Save", 5, 10, (7, 7)),
    ),
    "rust": (
        """
        struct Ledger { limit: u32 }
        impl<T> Store for Ledger<T> {
            #[inline]
            fn save(&self, x: u32) -> u32 {
                self.rows.get(x).unwrap() // FAILS
            }
        }
        """,
        ("Ledger.save", 3, 6, (5, 5)),
    ),
    "ruby": (
        """
        module Acme
          class Ledger
            def save(x)
              rows.each do |row|
                raise "no" if row == x # FAILS
              end
            end
          end
        end
        """,
        ("Acme.Ledger.save", 3, 7, (5, 5)),
    ),
    "php": (
        """
        <?php
        class Ledger {
            private int $limit = 3;
            public function save(int $x): int {
                throw new Low("no"); // FAILS
            }
        }
        """,
        ("Ledger.save", 4, 6, (5, 5)),
    ),
    "csharp": (
        """
        namespace Acme;
        class Ledger
        {
            [Logged]
            public async Task<int> Save(int x)
            {
                throw new Low("no"); // FAILS
            }
        }
        """,
        ("Ledger.Save", 4, 8, (7, 7)),
    ),
    "swift": (
        """
        struct Ledger {
          let limit = 3
          func save(_ x: Int) -> Int {
            return rows.map { $0 + x }.first! // FAILS
          }
        }
        """,
        ("Ledger.save", 3, 5, (4, 4)),
    ),
    "dart": (
        """
        class Ledger {
          final int limit = 3;
          @override
          Future<int> save(int x) async {
            return rows.map((e) => e + x).first; // FAILS
          }
        }
        """,
        ("Ledger.save", 3, 6, (5, 5)),
    ),
    "elixir": (
        """
        defmodule Acme.Ledger do
          @limit 3
          def save(x, y) when x > 1 do
            Enum.map(x, fn a -> a + y end) # FAILS
          end
        end
        """,
        ("Acme.Ledger.save", 3, 5, (4, 4)),
    ),
    "c": (
        """
        static int save(struct leaf *leaf, int x)
        {
            leaf->value = x; // FAILS
            return 0;
        }
        """,
        ("save", 1, 5, (3, 3)),
    ),
    "cpp": (
        """
        namespace acme {
        template <class T>
        int Ledger<T>::save(int x) {
            auto low = [](int y) { return y; };
            return low(x); // FAILS
        }
        }
        """,
        ("acme.Ledger.save", 2, 6, (5, 5)),
    ),
    "python": (
        """
        class Ledger:
            limit = 3
            @logged
            async def save(self, x):
                return await self.rows(
                    x,  # FAILS
                )
        """,
        ("Ledger.save", 3, 7, (5, 7)),
    ),
}
ENDINGS = {"csharp": "cs", "elixir": "ex", "javascript": "js", "kotlin": "kt", "python": "py", "ruby": "rb", "rust": "rs", "typescript": "ts"}


def source(name: str) -> tuple[str, int]:
    """A language's text and the line that fails."""
    text = textwrap.dedent(SOURCES[name][0]).lstrip("\n")
    return text, next(number for number, line in enumerate(text.split("\n"), start=1) if FAILS in line)


def parsed(name: str, text: str, line: int) -> Syntax:
    """The syntax, by the grammar, within this process."""
    return syntax(Wanted(name, text, line))


def around(name: str, text: str, line: int) -> Enclosure:
    """The enclosure in a file of that language."""
    found = enclosing(text, line, f"src/file.{ENDINGS.get(name, name)}", parsed(name, text, line))
    assert found is not None
    return found


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_function_is_cut_out_by_a_parser(name: str) -> None:
    """Qualified name, decorators, the whole function, the whole statement: not counted, but read."""
    text, line = source(name)
    found = around(name, text, line)
    assert (found.function, found.first, found.last, found.statement, found.exact) == (*SOURCES[name][1], True)
    assert language_of(f"a/B.{ENDINGS.get(name, name).upper()}") == name


def test_every_node_that_is_looked_for_exists_in_some_grammar() -> None:
    """A grammar that renames its nodes would silently find no function."""
    for name in SOURCES:
        assert parsed(name, source(name)[0], 0).scopes, name
        assert language(name).functions


@pytest.mark.slow
def test_python_is_read_by_its_own_parser() -> None:
    """Both parsers agree; the grammar reads what this Python refuses."""
    text, line = source("python")
    own = enclosing(text, line, "a.py")
    assert own is not None
    assert (own.function, own.first, own.last, own.statement) == SOURCES["python"][1]
    old = "class Old:\n    def save(self):\n        print 'no'\n        raise Low, 'x'\n"
    assert python_syntax(old) is None
    found = enclosing(old, 4, "a.py", syntax_of(old, "a.py", 4))
    assert found is not None
    assert (found.function, found.first, found.last) == ("Old.save", 2, 4)


def test_code_outside_of_functions_is_shown_around_the_line() -> None:
    """A field's initialiser belongs to its class, a script's line to the module."""
    text = "import x\n" + "a = 1\n" * 40 + "class Low:\n    limit = int('x')\n"
    found = enclosing(text, 43, "a.py")
    assert found is not None
    assert (found.function, found.first, found.last) == ("Low", 42, 43)
    top = enclosing(text, 20, "a.py")
    assert top is not None
    assert (top.function, top.first, top.last) == ("<module>", 8, 32)


def test_closures_belong_to_the_function_that_holds_them() -> None:
    """A reader wants the named function; a callback that stands alone is shown itself, and so is one within hundreds of lines."""
    nested = "class A {\n  int run() {\n    list.forEach(x -> {\n      throw new Low();\n    });\n  }\n}\n"
    assert around("java", nested, 4).function == "A.run"
    alone = "app.get('/x', (req, res) => {\n  res.send(x.y);\n});\n"
    assert around("javascript", alone, 2).function == "<anonymous>"
    long = "function setup() {\n" + "  a();\n" * 200 + "  on('x', () => {\n    b.c();\n  });\n}\n"
    found = around("javascript", long, 203)
    assert (found.function, found.first, found.last) == ("setup.<anonymous>", 202, 204)


def test_functions_without_a_name_take_that_of_what_they_are_assigned_to() -> None:
    """Properties, fields, exports: as a stack trace prints them."""
    text = "exports.save = function () {\n  a();\n};\nconst o = {\n  load: () => {\n    b();\n  },\n};\nclass L {\n  #put = () => {\n    c();\n  };\n}\n"
    assert [around("javascript", text, line).function for line in (2, 6, 11)] == ["save", "load", "L.put"]


def test_a_file_with_a_mistake_in_it_still_shows_its_sound_functions() -> None:
    """Half a file in a new dialect is no reason to count lines; where the mistake is, indentation is, and says so."""
    text = "class A {\n  int run() {\n    return 1;\n  }\n  int bad( {\n    ((;\n}\n"
    found = around("java", text, 3)
    assert (found.function.rpartition(".")[2], found.first, found.last, found.exact) == ("run", 2, 4, True)
    assert not around("java", "int bad( {\n    ((;\n  x [\n", 2).exact


def test_a_file_without_a_grammar_is_cut_by_indentation() -> None:
    """And told as an estimate."""
    text = "sub select {\n    my ($x) = @_;\n    die 'no';\n}\n"
    assert syntax_of(text, "a.pl", 3) is None
    found = enclosing(text, 3, "a.pl")
    assert found is not None
    assert (found.function, found.first, found.last, found.exact) == ("select", 1, 4, False)


def test_a_line_that_is_not_there_has_no_function() -> None:
    """Zero, beyond the end, an empty file."""
    assert [enclosing(text, line, "a.py") for text, line in (("x = 1\n", 0), ("x = 1\n", 2), ("", 1))] == [None] * 3
    assert lines_of("a\x0cb\r\nc\u2028d\n") == ["a\x0cb", "c\u2028d"]


def test_a_function_is_found_by_its_name() -> None:
    """The qualified name decides between two; two that cannot be told apart are none."""
    text = "class A {\n  void save() {\n    a();\n  }\n}\nclass B {\n  void save() {\n    b();\n  }\n}\n"
    known = parsed("java", text, 0)
    assert defined(text, "save", "A.java", known) is None
    found = defined(text, "B.save", "A.java", known)
    assert found is not None
    assert (found.function, found.statement) == ("B.save", (7, 7))


def test_the_neighbours_are_the_class_and_what_the_line_calls() -> None:
    """The class's head and fields, the called functions' heads; nothing that is shown already, and not much."""
    text = """
class Ledger:
    limit: int = 3

    def save(self, x):
        y = 1
        return self.check(x) + load(x) + len(x)

    def check(self, x):
        return x


def load(x):
    return x
"""
    known = python_syntax(text, 7)
    found = enclosing(text, 7, "a.py", known)
    assert known is not None
    assert found is not None
    assert neighbours(lines_of(text), known, found, "a.py") == (2, 3, 9, 13)
    go, line = source("go")
    assert neighbours(lines_of(go), parsed("go", go, line), around("go", go, line), "a.go") == (2, 3)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "piece"), [("A.java", "a=>\n"), ("a.cs", "a<\n"), ("a.ex", "({[\n"), ("a.js", "({[\n"), ("a.rb", "if(\n")])
def test_no_hostile_text_brings_the_parser_down(path: str, piece: str) -> None:
    """A megabyte of brackets and half expressions: an answer or none, within the limit, and never a crash of ours."""
    text = piece * (900_000 // len(piece))
    began = time.monotonic()
    found = enclosing(text, 1000, path, syntax_of(text, path, 1000, seconds=0.5))
    assert found is not None
    assert time.monotonic() - began < 10


def test_python_that_is_nested_too_deep_is_cut_by_indentation() -> None:
    """Python's own parser refuses it; so does nothing of ours."""
    for text in ("x = " + "(" * 5000, "x = " + "-" * 50_000 + "1", "\x00"):
        assert python_syntax(text, 1) is None
        assert enclosing(text, 1, "a.py", None) == Enclosure("", 1, 1, (1, 1), exact=False)


def test_an_endless_line_is_not_parsed() -> None:
    """A bundle has no function that could be shown."""
    assert language_of("bundle.js") is not None
    assert syntax_of("var a=1;" * 10_000, "bundle.js", 1) is None
