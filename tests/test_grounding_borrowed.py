"""Which statements are old ones told again, and what keeps one from being called so: a quotation of today, a reviewed rule, an undone fix."""

from typing import Literal

import pytest
from msgspec.structs import replace

from bot.core.grounding.borrowed import is_borrowed
from bot.core.grounding.case import Known
from bot.model import Citation, Commit, Evidence, FixCheck
from tests.fakes.transfer_case import TIME
from tests.test_grounding_case import ALERT, CASE
from tests.test_grounding_claims import PAST

OLD = Evidence("history", "knowledge", "knowledge/errors/old.md", "the certificate expired, gateway renewal revoked", "E1")
SEEN = Evidence("log", "s", "x", "pool exhausted: worker starved", "E2")
ERROR = Evidence("log", "s", "y", "handshake refused", "E3")
BOOK = Evidence("knowledge", "s", "knowledge/runbooks/x.md", "renew every passport quickly", "E4")
KNOWN = Known(replace(CASE, alert=replace(ALERT, text="handshake refused", message="handshake refused"), evidence=(OLD, SEEN, ERROR, BOOK)))
TODAY, OF_THE_ERROR, OF_THE_PAST = Citation("E2", "pool exhausted"), Citation("E3", "handshake refused"), Citation("E1", "certificate expired")
TOLD = "The exhausted pools starved a worker of the handshake, because the certificate expired."


@pytest.mark.parametrize(
    ("citations", "borrowed"),
    [
        ((), True),
        ((TODAY,), False),
        ((OF_THE_ERROR,), True),
        ((OF_THE_PAST,), True),
        ((Citation("E2", "starved"),), False),
        ((Citation("E2", "pool"),), True),
        ((OF_THE_PAST, TODAY), False),
        ((OF_THE_ERROR, OF_THE_PAST), True),
    ],
)
def test_a_quotation_of_today_carries_what_comes_after_the_first_clause(citations: tuple[Citation, ...], borrowed: bool) -> None:
    """Where it says more than the error does, and speaks of the same things."""
    assert is_borrowed(TOLD, KNOWN, citations) == borrowed


@pytest.mark.parametrize("citations", [(), (TODAY,), (OF_THE_ERROR, TODAY)])
def test_what_is_said_first_must_be_of_today(citations: tuple[Citation, ...]) -> None:
    """Whatever is quoted for the rest."""
    assert is_borrowed("The certificate expired, exhausted workers starved, pools handshake refused.", KNOWN, citations)


@pytest.mark.parametrize(
    ("statement", "guided", "borrowed"),
    [
        ("Renew every passport.", False, True),
        ("Renew every passport.", True, False),
        ("The certificate expired.", False, True),
        ("The certificate expired.", True, True),
    ],
)
def test_a_reviewed_rule_may_say_what_a_runbook_says(statement: str, guided: bool, borrowed: bool) -> None:
    """And not what an entry says."""
    assert is_borrowed(statement, KNOWN, guided=guided) == borrowed


@pytest.mark.parametrize(
    ("relation", "statement", "guided", "borrowed"),
    [
        ("same", "Two transactions waited for rows.", True, False),
        ("alias", "Two transactions waited for rows.", True, False),
        ("same", "Two transactions waited for rows.", False, True),
        ("similar", "Two transactions waited for rows.", True, True),
        ("same", "The gateway stumbled twice.", True, True),
        ("same", "Renewal revoked the certificate.", True, True),
    ],
)
def test_a_rule_that_is_met_again_may_say_what_it_said_then(
    relation: Literal["same", "alias", "similar"], statement: str, guided: bool, borrowed: bool
) -> None:
    """The recorded cause of this very error, and neither its title and resolution nor another entry."""
    entry = replace(PAST, relation=relation, title="gateway stumbled twice", root_cause="Two transactions waited for rows.", resolution="renewal")
    known = Known(replace(CASE, history=(entry,), evidence=(OLD, SEEN)))
    assert is_borrowed(statement, known, guided=guided) == borrowed


@pytest.mark.parametrize(
    ("statement", "borrowed"),
    [
        ("The certificate expired.", True),
        ("The CERTIFICATES expired.", True),
        ("The gateways revoked.", True),
        ("Renew every passport.", True),
        ("The certificate.", False),
        ("The certificate certificate.", False),
        ("The certificate of the worker, the expired handshake.", True),
        ("The certificate of workers starved exhausted, the expired handshake refused.", False),
        ("There should be errors because of a failed service.", False),
        ("", False),
    ],
)
def test_two_words_of_the_past_are_the_least(statement: str, borrowed: bool) -> None:
    """Each counted once; singular and plural are one word, and common words are none."""
    assert is_borrowed(statement, KNOWN) == borrowed


@pytest.mark.parametrize(
    ("statement", "borrowed"),
    [
        ("exhausted starved, certificate expired handshake", True),
        ("exhausted starved worker, certificate expired handshake refused", False),
        ("exhausted starved worker handshake, certificate expired revoked refused", True),
    ],
)
def test_a_clause_of_which_two_thirds_are_old_is_borrowed(statement: str, borrowed: bool) -> None:
    """Though the sentence as a whole is of today."""
    assert is_borrowed(statement, KNOWN) == borrowed


@pytest.mark.parametrize(
    ("removed", "statement", "borrowed"),
    [
        (True, "The certificate expired.", False),
        (True, "The gateway stumbled.", False),
        (True, "The passport revoked.", False),
        (True, "The renewal quickly.", True),
        (False, "The certificate expired.", True),
    ],
)
def test_an_entry_whose_fix_was_undone_tells_of_today(removed: bool, statement: str, borrowed: bool) -> None:
    """Its title, its cause and its resolution, where the proof of it is quoted; no other entry's words."""
    made = Commit("r", "abcdef1234", "Mia", TIME, "x", "a.py", "changed the failing lines")
    check = FixCheck("n", made, stands=False, removed_by=made if removed else None)
    own = replace(PAST, signature="n", title="certificate expired", root_cause="gateway stumbled", resolution="passport revoked")
    other = replace(PAST, signature="other", title="renewal quickly", root_cause="", resolution="")
    known = Known(replace(CASE, history=(own, other), evidence=(Evidence("fix", "git", "x", "undone", "E9", detail=check), BOOK)))
    assert is_borrowed(statement, known, (Citation("E9", "undone"),)) == borrowed
    assert is_borrowed(statement, known)
