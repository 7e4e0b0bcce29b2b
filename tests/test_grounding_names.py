"""Names of people, of parts of a system, of technologies, and who made a commit: each word that makes a name one, with an example."""

import pytest
from msgspec.structs import replace

from bot.core.grounding.authors import attributions
from bot.core.grounding.case import Known
from bot.core.grounding.names import people
from bot.core.grounding.systems import moved_measures, named_parts
from bot.core.grounding.technology import is_technology
from bot.model import Commit, Evidence
from tests.fakes.transfer_case import TIME
from tests.listing import listed
from tests.test_grounding_claims import CASE

DID = listed(
    "removed added changed merged wrote deployed reverted introduced committed pushed approved reviewed fixed broke dropped said reported authored rolled "
    "refactored "
    "released shipped resolved diagnosed confirmed noticed told suggested disabled enabled touched modified edited renamed deleted upgraded bumped",
)
MADE = listed(
    "authored written committed merged reviewed approved pushed reverted deployed reported made owned introduced added removed changed resolved fixed "
    "released shipped opened",
)
TALKED = listed("ask, tell, talk to, speak to, speak with, talk with, reach out to, check with, loop in, ping, contact, notify, email", ", ")
NAMED = [*(f"{made} by" for made in MADE), *TALKED, "according to", "assigned to", "author is", "owner is"]
FULL_ONLY = listed("by, from, work with, involve, escalate to, mention, page, cc, thank, thanks to, assign", ", ")


def test_who_did_something_is_a_person() -> None:
    """By the verb, or by the thing that is theirs; a first name alone not at the start, where any word is large."""
    for did in (*DID, "commit", "change", "pull request", "fix", "refactoring", "patch"):
        assert list(people(f"Greta Lind {did} it.")) == ["Greta Lind"]
        assert list(people(f"then Greta's {did} came.")) == ["Greta"]
        assert list(people(f"then Greta’s {did} came.")) == ["Greta"]
        assert list(people(f"Greta {did} it.")) == []
        assert list(people(f"then Greta Lind {did}zzz it.")) == []
    assert list(people("then A's fix came.")) == []
    assert list(people("Greta Lind, who removed it")) == ["Greta Lind"]
    assert list(people("Greta Lind who removed it")) == ["Greta Lind"]
    assert list(people("x.Greta removed it, vGreta removed it, but Greta is there")) == []


def test_who_is_named_so_is_a_person() -> None:
    """A first name is enough."""
    for words in NAMED:
        for said in (words, words.upper()):
            assert list(people(f"It is {said} Greta.")) == ["Greta"]
            assert list(people(f"{said} the author: Greta Lind")) == ["Greta Lind"]
        assert list(people(f"It is {words} greta.")) == []
        assert list(people(f"It is zzz{words} Greta.")) == []
        assert list(people(f"It is {words} Greta.lind")) == []


def test_who_is_named_so_is_a_person_with_two_names() -> None:
    """A single large word there may be anything."""
    for words in FULL_ONLY:
        assert list(people(f"It is {words} Greta Lind.")) == ["Greta Lind"]
        assert list(people(f"It is {words} Greta.")) == []
        assert list(people(f"It is zzz{words} Greta Lind.")) == []


def test_a_name_may_have_small_words_and_other_letters() -> None:
    """Between its large ones."""
    for name in [
        "Jan van Dyk",
        "Ana de la Cruz",
        "Al von Rho",
        "Leo del Toro",
        "Ada da Luz",
        "Ugo di Leo",
        "Amy le Roy",
        "Ali bin Omar",
        "Nur al Din",
        "Ödön Kovács",
    ]:
        assert list(people(f"It was removed by {name}.")) == [name]


def test_a_name_may_be_joined() -> None:
    """By a dash or an apostrophe; a short part may be written large."""
    for name in ["Jean-Luc", "O'Neill", "D’Arco", "Ana-Ida-Eva", "BO Lund"]:
        assert list(people(f"It was removed by {name}.")) == [name]


def test_a_product_is_no_person() -> None:
    """Nor is what is written in capitals or in two parts of one word."""
    for name in ["Redis", "Amazon Aurora", "GraphQL", "NASA Houston", "Jan McKay-Io", "Red Hat Linux", "Spring-Boot", "The Lock"]:
        assert list(people(f"It was removed by {name}.")) == []


PARTS = listed(
    "service worker pod deployment container cluster database table queue topic tenant customer region node host bucket job flag variable setting namespace",
)


def test_a_joined_word_beside_its_kind_is_a_part_of_a_system() -> None:
    """Before or behind it; a compound of plain English is none."""
    for kind in PARTS:
        assert list(named_parts(f"The {kind} acme-eu2 fails.")) == ["acme-eu2"]
        assert next(iter(named_parts(f"The {kind.upper()} acme_eu fails."))) == "acme_eu"
        assert list(named_parts(f"The acme-eu2 {kind} fails.")) == ["acme-eu2"]
        assert list(named_parts(f"The x{kind} acme-eu2 fails.")) == []
        assert list(named_parts(f"The acme-eu2 {kind}x fails.")) == []
        assert list(named_parts(f"The read-heavy {kind} fails.")) == []


def test_a_name_that_ends_so_is_a_deployed_part() -> None:
    """By itself, and not within a path."""
    for last in listed("worker service svc api gateway consumer producer processor scheduler backend frontend"):
        assert list(named_parts(f"The pay-out-{last} fails")) == [f"pay-out-{last}"]
        for beside in (f"a/pay-{last}", f"pay-{last}/b", f"x.pay-{last}", f"pay-{last}-b", f"p-{last}", f"one-{last}"):
            assert list(named_parts(f"The {beside} fails")) == []


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("MAX_RETRIES is low", ["MAX_RETRIES"]),
        ("a/b_c d_e/f x.b_c $b_c b_c-d", []),
        ("so max_leaf_retries is", ["max_leaf_retries"]),
        ("LeafStoreError and LeafError, LeafErrorX LeafStore", ["LeafStoreError", "LeafError"]),
        ("x.LeafError a/LeafError @LeafError LeafError-x Error", []),
    ],
)
def test_names_of_code_are_parts(sentence: str, parts: list[str]) -> None:
    """Settings and classes, where they stand by themselves."""
    assert list(named_parts(sentence)) == parts


def test_a_class_is_known_by_its_end() -> None:
    """Other words of two large letters may be products."""
    for end in listed("Error Exception Service Worker Manager Handler Controller Repository Client Factory Allocator Processor Listener"):
        assert list(named_parts(f"The Leaf{end} gives up.")) == [f"Leaf{end}"]
        assert list(named_parts(f"The Leaf{end}Thing gives up.")) == []


FIRST = listed(
    "non multi single high low long short in on off self re pre post per cross up down third first second read write cold hot same full half well most all "
    "two three one "
    "large small old new open ever much out over under fast slow least best real web back front rest json http https grpc sql ssh tcp any point pub micro "
    "macro",
)
LAST = listed(
    "based only party side wide specific facing level time term scale safe aware node tenant memory traffic ready free like style heavy critical shared using",
)


def test_a_compound_of_plain_english_is_no_part() -> None:
    """By its first word, or by its last."""
    for compound in (*(f"{first}-qx" for first in FIRST), *(f"qx-{last}" for last in LAST)):
        assert list(named_parts(f"The {compound} node fails.")) == []
        assert list(named_parts(f"The q{compound}q node fails.")) == [f"q{compound}q"]


MEASURES = listed(
    "latency, latencies, throughput, error rate, failure rate, cpu, memory, heap, traffic, load, queue depth, backlog, response time, response times, "
    "disk usage, request rate, p50, p90, p95, p99, replication lag, lag, conversion, revenue, sales",
    ", ",
)
MOVED = listed("doubled tripled quadrupled halved spiked rose climbed jumped surged dropped fell increased decreased degraded collapsed grew")


def test_a_measurement_that_moved_is_a_claim() -> None:
    """Each measurement, each verb, up to four words between them."""
    for measure in MEASURES:
        assert list(moved_measures(f"The {measure} doubled.")) == [(measure, f"{measure} doubled")]
        assert list(moved_measures(f"The {measure.upper()} of all our shops fell.")) == [(measure.upper(), f"{measure.upper()} of all our shops fell")]
    for moved in MOVED:
        assert list(moved_measures(f"The load {moved}.")) == [("load", f"load {moved}")]
        assert list(moved_measures(f"The load {moved}zzz.")) == []
    assert list(moved_measures("The xload doubled. The load of one two three four five doubled.")) == []


def test_names_of_technologies_hold_digits_that_count_nothing() -> None:
    """In any case of letters; the classes of a status, too."""
    for word in ("HTTP/2", "utf-8", "SHA256", "k8s", "n+1", "24/7", "d1", "s3", "5XX", "1xx"):
        assert is_technology(word)
    for word in ("http/9", "6xx", "0xx", "5xxx", "x5xx", "5x", ""):
        assert not is_technology(word)


def test_a_commit_is_told_with_who_made_it() -> None:
    """In each of the ways in which people write it."""
    made = [
        Commit("transfers", f"{sha}00", name, TIME, "perf: lock", "transfers/leaves.py", "changed the failing lines")
        for sha, name in (("abcdef12", "Priya Raman"), ("12abcdef", "Jonas Lind"))
    ]
    known = Known(replace(CASE, evidence=tuple(Evidence("commit", "code", "x", one.subject, f"E{n}", detail=one) for n, one in enumerate(made))))
    verbs = listed("removed added changed introduced dropped fixed restored deleted reverted wrote refactored made committed merged")
    for sentence in (
        *("abcdef12 by {}", "`abcdef12` by {}", "abcdef12 of {}", "abcdef12, from {}", "abcdef12 authored by {}", "abcdef12 (the lock) written by {}"),
        *("{}'s commit abcdef12", "{}’s change `abcdef12`", "{} commit abcdef12"),
        *(f"{{}} {verb} the lock in abcdef12" for verb in verbs),
        *("{} removed the lock with commit abcdef12", "{} removed the lock in commit `abcdef1`"),
    ):
        for name, stands in (("Priya", True), ("Priya Raman", True), ("Jonas", False), ("Jonas Lind", False), ("Priya Lind", False)):
            sha = "abcdef1" if "abcdef1`" in sentence else "abcdef12"
            assert list(attributions(sentence.format(name), known)) == [(f"{sha} by {name}", stands)]
        assert list(attributions(sentence.format("Greta"), known)) == []
        assert list(attributions(sentence.format("Priya Okafor"), known)) == []
        assert list(attributions(sentence.format("priya"), known)) == []
    for sentence in (
        "abcdef12 near Priya",
        "fffffff1 by Priya",
        "Priya removed a. The lock in abcdef12",
        "Priya saw the lock in abcdef12",
        "abcdefab by Priya",
    ):
        assert list(attributions(sentence, known)) == []


def test_a_commit_of_digits_alone_has_its_author() -> None:
    """Also where a sentence ends with it."""
    made = [Commit("r", sha, name, TIME, "x", "a.py", "changed the failing lines") for sha, name in (("41380012", "Priya Raman"), ("abcdef12", "Jonas Lind"))]
    known = Known(replace(CASE, evidence=tuple(Evidence("commit", "code", "x", one.subject, f"E{n}", detail=one) for n, one in enumerate(made))))
    for name, stands in (("Priya", True), ("Jonas", False)):
        assert list(attributions(f"It came with {name}'s commit 41380012", known)) == [(f"41380012 by {name}", stands)]


def test_a_short_commit_may_be_that_of_either_author() -> None:
    """Where two commits begin alike."""
    made = [Commit("r", f"abcdef12{n}", name, TIME, "x", "a.py", "changed the failing lines") for n, name in enumerate(("Priya Raman", "Jonas Lind"))]
    known = Known(replace(CASE, evidence=tuple(Evidence("commit", "code", "x", one.subject, f"E{n}", detail=one) for n, one in enumerate(made))))
    for name in ("Priya", "Jonas Lind"):
        assert list(attributions(f"abcdef12 by {name}", known)) == [(f"abcdef12 by {name}", True)]
    assert list(attributions("abcdef12 by Priya Lind", known)) == [("abcdef12 by Priya Lind", False)]
