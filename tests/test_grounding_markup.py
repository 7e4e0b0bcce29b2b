"""Quotations of marked-up text: what a reader sees is compared, and nothing else than marks may differ."""

import pytest
from msgspec.structs import replace

from bot.core.grounding.case import Known
from bot.core.grounding.grounding import grounded
from bot.core.grounding.index import Index
from bot.core.grounding.markup import unmarked
from bot.core.grounding.quotes import beyond_the_error, complaint
from bot.model import Citation, Evidence
from tests.fakes import transfer_case
from tests.test_grounding_claims import ALERT, NEW, missed

MARKED = """*Checkout payments* are failing for `tenant-blue` in *eu-west-1*
<https://grafana.example/d/abc|Payments dashboard> shows card &amp; wallet refusals &lt;none&gt;
:fire: _connection pool_ `HikariPool-1` is *exhausted* (*12* of *12* in use)
rate: 3 * 4 of snake_case_name, `__init__` and 2*n*m"""
SAYING = replace(NEW, alert=replace(ALERT, text=MARKED))


@pytest.mark.parametrize(
    "quote",
    [
        "Checkout payments are failing for tenant-blue in eu-west-1",
        "*Checkout payments* are failing for `tenant-blue` in *eu-west-1*",
        "**Checkout payments** are failing for tenant-blue",
        "Checkout payments are failing … in eu-west-1",
        "*Checkout payments … in eu-west-1*",
        "Payments dashboard shows card & wallet refusals <none>",
        "<https://grafana.example/d/abc|Payments dashboard> shows card &amp; wallet refusals",
        "[Payments dashboard](https://grafana.example/d/abc) shows card & wallet",
        "connection pool HikariPool-1 is exhausted (12 of 12 in use)",
    ],
)
def test_the_words_of_an_alert_stand_with_or_without_its_markup(quote: str) -> None:
    """Bold, italics, code, labels of links and entities, on either side."""
    assert missed(f"The alert says “{quote}”.", case=SAYING) == []


@pytest.mark.parametrize(
    "quote",
    [
        "Checkout payments are failing for tenant-red",
        "Checkout payments are not failing for tenant-blue",
        "Checkout payments tenant-blue",
        "Payments dashboard shows card wallet refusals",
        "rate: 3 4 of snake_case_name",
        "of snakecasename and init",
        "snake case name and 2nm",
        "<https://evil.example/x|Payments dashboard> shows card &amp; wallet refusals",
        "[Payments dashboard](https://evil.example/x) shows card & wallet",
        "<@U0EVIL> *Checkout payments* are failing",
    ],
)
def test_a_false_quotation_does_not_stand_for_want_of_marks(quote: str) -> None:
    """No word may be another, be left out or lead elsewhere."""
    assert missed(f"The alert says “{quote}”.", case=SAYING) == [quote]


def test_a_quotation_with_a_link_in_it_is_looked_up_whole() -> None:
    """The link is known by itself, and the words around it are no less a quotation."""
    link = ALERT.permalink.url
    said = replace(NEW, alert=replace(ALERT, text=f"retries of {link} are used up"))
    assert missed(f"The alert says “retries of {link} are used up”.", case=said) == []
    assert missed(f"The alert says “retries of {link} are not used up”.", case=said) != []


def test_a_citation_is_compared_without_markup() -> None:
    """A piece of evidence may be marked up as well; what leads elsewhere, says otherwise or holds only marks does not stand."""
    piece = Evidence("log", "slack", "https://acme.slack.com/1", "*Ledger* is down &amp; `tenant-blue` waits: <https://x.example/1|log>", "E9")
    known = Known(replace(NEW, evidence=(*NEW.evidence, piece)))

    for quote in ("Ledger is down & tenant-blue waits: log", "*Ledger* is down", "`Ledger` is down &amp; tenant-blue"):
        assert complaint(Citation("E9", quote), known) == ""
    for quote in ("Ledger is not down", "<https://evil.example|log>", "ledger is down", "`*_**_*`", "< | >"):
        assert complaint(Citation("E9", quote), known) != ""


def test_what_the_error_says_of_itself_is_no_more_without_its_marks() -> None:
    """So that a bold alert, quoted plainly, does not count as evidence beyond the error."""
    piece = Evidence("log", "files", "app.log:1", "Checkout payments are failing for tenant-blue", "E9")
    known = Known(replace(SAYING, evidence=(*NEW.evidence, piece)))
    assert not beyond_the_error((Citation("E9", "payments are failing for tenant-blue"),), known)


@pytest.mark.parametrize("text", ["2 * 3 * 4", "snake_case_name", "__init__", "f(*args, **options)", "a*b*c", "*/5 * * * *", "~/x and ~/y", "SELECT * FROM a"])
def test_signs_that_are_no_markup_stay(text: str) -> None:
    """Multiplication, names, globs, folders."""
    assert unmarked(text) == text


def test_nothing_but_marks_is_said_nowhere() -> None:
    """What is empty without its marks would else stand in every text."""
    index = Index(["anything at all"])
    assert not any(index.says(text) or index.holds(text) for text in ("`", "``", "` `"))


def test_a_status_with_three_words_behind_it_is_copied_and_not_counted() -> None:
    """`429 Too Many Requests` is no number of requests where the case says it so."""
    case = transfer_case.case()
    said = replace(case, alert=replace(case.alert, text="HTTP 429 Too Many Requests"))
    made = replace(transfer_case.diagnosis(), summary="HTTP 429 Too Many Requests in transfers, prod")
    assert not any("429" in line for line in grounded(made, said)[1])
    assert any("430" in line for line in grounded(replace(made, summary="HTTP 430 Too Many Requests in transfers, prod"), said)[1])
