"""A value that was always there and now may be missing: the change that allowed it comes before newer ones of the failing code."""

import pytest

from bot.core.code.hunks import Hunk
from bot.core.code.words import basis, named_in
from bot.core.suspects.change_nature import Line, Piece, pieces
from bot.core.suspects.dependencies import other_versions
from bot.core.suspects.failure_scene import Scene, Signal, Site, compared
from bot.core.suspects.nullability import made_optional
from bot.core.suspects.suspicion import Suspicion, ranked, strong
from tests.growth import in_proportion
from tests.suspicion_scene import NOW, candidate, hunk

INVOICES = "billing/invoices.py"
RATE = ["def vat_rate(customer):", "    code = customer.country.upper()", "    return VAT.get(code, ZERO)"]
TOTAL = ["def total(invoice):", "    return (net * (1 + vat_rate(invoice.customer))).quantize(CENT)"]
NONE = "'NoneType' object has no attribute 'upper'"


def scene(message: str = NONE, error: str = "AttributeError") -> Scene:
    """The country of a customer is missing; `total` had asked for the rate."""
    failing = Site(INVOICES, "vat_rate", basis(RATE, 10, (11, 11)), dict(enumerate(RATE, start=10)))
    caller = Site(INVOICES, "total", basis(TOTAL, 20, (21, 21)), dict(enumerate(TOTAL, start=20)))
    return Scene(NOW, f"{error}: {message}", message, (failing, caller))


ROUNDED = candidate("rounded", hunk(INVOICES, TOTAL[1].replace("CENT", "TENTH"), TOTAL[1], "total"), days=0.5, blamed=frozenset({(1, 21)}))
"""The rival: newer, it changed a line that led to the failing one."""


def order(changed: Hunk, **about: str) -> tuple[Suspicion, ...]:
    """The suspects among the rival and a change of two days before."""
    return ranked(scene(**about), [ROUNDED, candidate("cause", changed, days=2)])


@pytest.mark.parametrize(
    "changed",
    [
        hunk("db/9.sql", "", "ALTER TABLE customers ALTER COLUMN country DROP NOT NULL;"),
        hunk("db/9.sql", "  country VARCHAR(2) NOT NULL,", "  country VARCHAR(2),"),
        hunk("db/9.rb", "", "    change_column_null :customers, :country, true"),
        hunk("billing/models.py", "    country = Column(String(2), nullable=False)", "    country = Column(String(2), nullable=True)", "Customer"),
        hunk("shop/models.py", "    country = models.CharField(max_length=2)", "    country = models.CharField(max_length=2, null=True)", "Customer"),
        hunk("web/customer.ts", "  country: string;", "  country?: string;"),
        hunk("api/Customer.kt", "    val country: String,", "    val country: String?,"),
        hunk("app/models/customer.rb", "  validates :country, presence: true", "", "Customer"),
        hunk("billing/api.py", '    return add(country=body["country"])', '    return add(country=body.get("country"))', "create"),
    ],
    ids=["sql", "create table", "rails", "sqlalchemy", "django", "typescript", "kotlin", "validation", "key"],
)
def test_what_lets_a_value_be_missing_is_the_first_suspect(changed: Hunk) -> None:
    """However the language, the schema or the ORM writes it; and it is reason enough to name it as likely."""
    found = order(changed)[0]
    assert found.candidate.sha == "cause"
    assert "lets `country` be missing, which the failing code uses" in found.reasons
    assert any(map(strong, found.reasons))


@pytest.mark.parametrize(
    "changed",
    [
        hunk("db/9.sql", "", "ALTER TABLE customers ALTER COLUMN phone DROP NOT NULL;"),
        hunk("db/9.sql", "", "ALTER TABLE customers ALTER COLUMN country SET NOT NULL;"),
        hunk("db/9.sql", "  country VARCHAR(2) NOT NULL,", "  country VARCHAR(3) NOT NULL,"),
        hunk("billing/models.py", "", "    country = Column(String(2), nullable=True)", "Address"),
        hunk("web/customer.ts", "  country?: string;", "  country?: Country;"),
        hunk("web/customer.ts", "  country: string;", "  country: Country;"),
    ],
    ids=["another column", "demanded now", "longer", "a new field", "was optional", "another type"],
)
def test_other_changes_of_a_schema_let_nothing_be_missing(changed: Hunk) -> None:
    """Another name, a demand that stays or is new, and what may have been missing before."""
    assert not any(reason.startswith("lets ") for found in order(changed) for reason in found.reasons)


def test_it_counts_only_where_a_missing_value_failed() -> None:
    """A country of too many letters is another failure."""
    found = order(hunk("db/9.sql", "", "ALTER TABLE customers ALTER COLUMN country DROP NOT NULL;"), message="country too long", error="ValueError")
    assert not any(reason.startswith("lets ") for one in found for reason in one.reasons)


def test_names_beside_the_change_count_less() -> None:
    """`quantize(CENT)` that became `quantize(TENTH)` does not touch the call of `vat_rate`; without a name that differs, all are touched."""
    [rounded] = pieces([hunk(INVOICES, TOTAL[1], TOTAL[1].replace("CENT", "TENTH * 1"), "total")])
    [turned] = pieces([hunk(INVOICES, "    if net < wanted:", "    if net <= wanted:", "total")])
    assert rounded.stayed >= {"vat_rate", "invoice", "customer"}
    assert not rounded.stayed & {"CENT", "TENTH"}
    assert turned.stayed == frozenset()


def test_of_a_long_statement_the_line_that_the_trace_names_failed() -> None:
    """Its other lines count less; where the trace names its first line, that stands for all."""
    lines = ["def present(order):", "    return {", '        "id": int(order.id),', '        "title": order.product.title,', "    }"]
    exact, whole = basis(lines, 1, (2, 5), 4), basis(lines, 1, (2, 5), 2)
    assert (exact.lines[4], whole.lines[3], whole.lines[4]) == (1.0, 1.0, 1.0)
    assert exact.lines[3] < 0.5
    assert exact.words["product"] == 1.0 > exact.words["id"]
    assert basis(lines, 1, (2, 5)) == whole


@pytest.mark.parametrize("last", ["        .all()", "        ?.all()", "        &.all", "        ->get();", "    ).all()"])
def test_a_call_on_what_was_made_before_fails_for_any_part_of_it(last: str) -> None:
    """The query is sent by its last line, and was wrong in another."""
    lines = ["def rows(session):", "    return session.query(", "        Leaf.kind == wanted,", "    ).filter(Leaf.free)", last]
    assert set(basis(lines, 1, (2, 5), 5).lines.values()) == {1.0}


@pytest.mark.parametrize(
    ("head", "is_local"),
    [
        ("def tax", False),
        ("  def self.tax", False),
        ("def taxed?", False),
        ("def tax = ZERO + rate(customer)", False),
        ("def tax: BigDecimal = {", False),
        ("def tax customer", True),
        ("def tax customer, rates = nil", True),
        ("def tax(customer)", True),
        ("def tax(customer):", True),
        ("fn tax(customer: &Customer) -> Rate {", True),
    ],
)
def test_a_head_without_brackets_takes_no_parameters_from_its_body(head: str, is_local: bool) -> None:
    """What the first call of the body is given is no variable of the function, and means the same in other files."""
    assert ("customer" in basis([head, "  TAX.fetch(customer.country, 0)"], 1, (2, 2)).local) is is_local


@pytest.mark.parametrize(
    ("path", "line", "is_told"),
    [
        ("Directory.Packages.props", '    <PackageReference Include="Polly" Version="8.4.2" />', True),
        ("src/Quotes.csproj", '    <PackageReference Include="Polly" Version="8.4.2" />', True),
        ("packages.config", '  <package id="Polly" version="8.4.2" />', True),
        ("build.gradle.kts", '    implementation("io.github.acme:polly:8.4.2")', True),
        ("Directory.Packages.props", '    <PackageReference Include="Polly.Testing" Version="8.4.2" />', False),
        ("build.gradle.kts", '    implementation("org.polly:other:8.4.2")', False),
    ],
)
def test_a_dependency_is_known_by_its_name_in_the_manifest(path: str, line: str, is_told: bool) -> None:
    """Of NuGet and Gradle too, whose lines do not begin with it."""
    told = pieces([hunk(path, line.replace("8.4.2", "7.2.4"), line)])
    message = "Method not found: 'Polly.Retry.AsyncRetryPolicy'"
    found = list(other_versions(compared(scene(message, "MissingMethodException"), [told]), told))
    assert "Polly" in named_in(message).names
    assert [signal.reason for signal in found] == (["changed the dependency `polly`, which the failing code uses"] if is_told else [])


def test_a_long_schema_takes_no_longer_than_its_lines_are_many() -> None:
    """A schema that was written anew has thousands of lines, and a hostile one names the value in each."""

    def suspects(schema: str) -> list[Signal]:
        columns = schema.splitlines()
        lines = (Line(added, line.replace("NOT NULL", "NULL") if added else line, 1.0) for added in (False, True) for line in columns)
        written = [Piece(hunk("db/schema.sql", "", ""), tuple(lines))]
        return list(made_optional(compared(scene(), [written]), written))

    column = "  country VARCHAR(2) NOT NULL,\n"
    assert suspects(column)
    assert in_proportion(suspects, column, 60_000)
