"""What a sentence claims, piece by piece, and whether the case says so.

A claim is what can be looked up: a quotation, a place in the code, a commit, a pull request, a person, an identifier, a number, a time, a state.
Advice ("retry 3 times", "within 5 minutes") is no claim of what happened: in a text that says what to do, a number counts as a claim only in a
clause that tells what was seen (`it failed 400 times`) and sets no condition (`if`, `at least`); names that people would look for count there, too.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal, NamedTuple

from bot.core.grounding.authors import attributions
from bot.core.grounding.case import Known
from bot.core.grounding.clocks import times
from bot.core.grounding.links import is_known
from bot.core.grounding.markup import unmarked_quote
from bot.core.grounding.names import people
from bot.core.grounding.numbers import AMOUNT, amounts
from bot.core.grounding.past import recurrences, speaks_of_the_past
from bot.core.grounding.spot import Spot
from bot.core.grounding.states import states
from bot.core.grounding.systems import moved_measures, multiplied, named_parts
from bot.core.grounding.technology import is_technology
from bot.core.grounding.units import number
from bot.core.grounding.worked_out import is_worked_out
from bot.core.plain_text.plain_text import cut
from bot.regex import regex

Tone = Literal["claim", "advice", "past"]  # what is so, what to do, what was so

_SPAN = regex(r"`([^`\n]{1,600})`|“([^”\n]{1,600})”|\"([^\"\n]{1,600})\"|«([^»\n]{1,600})»")
_URL = regex(r"https?://[^\s<>()\[\]`|\"]{1,2000}", re.IGNORECASE)
_WORD = regex(r"\S+")
_EDGES = "\"'“”‘’«»()[]{}<>.,;:!?*_…"
_EVIDENCE = regex(r"E\d{1,6}")
_EVIDENCES = regex(r"E\d{1,6}(?:[,/–-]E\d{1,6}){1,20}")
_HANDLE = regex(r"@[a-z0-9][\w-]{0,50}(?:/[\w.-]{1,80})?")
_MAIL = regex(r"[\w.+-]{1,80}@[\w-]{1,80}(?:\.[\w-]{1,40}){1,5}")
_REFERENCE = regex(r"(?:[\w.-]{1,60}/[\w.-]{1,80})?[#!](\d{1,9})|GH-(\d{1,9})", re.IGNORECASE)
_REQUESTS = frozenset(("pr", "prs", "mr", "mrs", "pull", "request", "requests", "issue", "issues"))
_MENTION = regex(r"<[!@][\w^|-]{1,80}>")
_SUM = regex(r"\b(\d{1,6}) ?\+ ?(\d{1,6})\b")
_TICKET = regex(r"[A-Z][A-Z0-9]{1,9}-\d{1,7}")
_SHA = regex(r"(?=[0-9a-f]{0,64}\d)(?=[0-9a-f]{0,64}[a-f])[0-9a-f]{7,64}", re.IGNORECASE)
_UUID = regex(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PATH = regex(
    r"(?:[\w.@~+-]{0,100}/){1,30}[\w.@+-]{1,100}\.[A-Za-z]\w{0,9}|[\w-]{1,100}\.(?:py|js|jsx|ts|tsx|mjs|go|java|kt|rb|rs|cs|php|swift|scala|c|cc|cpp|h|ex|exs|erl|dart|sql|ya?ml|toml|vue)"
)
_LINE = regex(r"(.{1,900}?)(?:#L|:)(\d{1,7})(?::\d{1,5})?")
_CALL = regex(r"([^\W\d][\w.]{0,120})\(\)")
_LANGUAGE = regex(r"[A-Z\s.…,*()=]{1,200}")
_PLAIN_CODE = frozenset(("none", "null", "nil", "undefined", "true", "false", "nan", "self", "this", "main", "null pointer"))
_TOOL = regex(
    r"(?:git|kubectl|docker|curl|psql|mysql|redis-cli|aws|gcloud|az|helm|terraform|npm|yarn|pip|python|pytest|make|go|cargo|grep|journalctl|systemctl) "
)
_ABSENT = regex(
    r"(?:\b(?:no|not|never|without|nothing|nobody|neither|nor|lacks?|lacked|lacking|missing|instead of|rather than|absence of|forg[eo]ts?)|n['’]t)\b"
    r"(?:[\s/,]{1,200}(?!(?:because|since|when|that|which|as|but|until|if|and|so|while|whether)\b)[\w-]{0,40}){0,5}\Z",
    re.IGNORECASE,
)
_GONE = regex(r"[ )]{0,2}(?:(?:call|check|clause|block|guard|statement|handler)s? )?(?:is|are|was|were) (?:missing|absent|lacking|never|not)\b", re.IGNORECASE)
_MOST = 1_000
"""Claims of one sentence; whoever makes more is not looked up any further."""


class Claim(NamedTuple):
    """Something that can be looked up, and whether it was found. `what` completes "names … that no evidence has"."""

    text: str
    what: str
    stands: bool


def claims(sentence: str, known: Known, tone: Tone, *, code: bool = False) -> list[Claim]:
    """Every claim of one sentence, in the order in which they are looked for; the same claim once."""
    reading = _Reading(sentence, known, tone, code)
    found = dict[tuple[str, str], Claim]()
    for claim in reading.all():
        known_as = (claim.what, claim.text)
        if known_as not in found or not claim.stands:  # of "10-12 s" both must stand
            found[known_as] = claim
        if len(found) >= _MOST:
            break
    return list(found.values())


class _Reading:
    """One sentence while it is read: what was understood is blanked out, so that nothing is looked up twice."""

    def __init__(self, sentence: str, known: Known, tone: Tone, code: bool) -> None:
        self.known, self.tone, self.code = known, tone, code
        self.whole = self.rest = sentence
        self.with_past = tone != "claim" or code or speaks_of_the_past(sentence)
        self.strict = tone != "advice" and not code

    def all(self) -> Iterator[Claim]:
        """Quotations first, for what stands in one is looked up as a whole."""
        if not self.code:
            yield from self._links()
            yield from self._spans()
        for match in _MENTION.finditer(self.rest):
            yield Claim(match.group(), "a mention", False)
        for match in _SUM.finditer(self.rest) if "+" in self.rest else ():
            if self.known.today.has_number(int(match[1]) + int(match[2]), "", 0):
                self._blank(match.start(), match.end())  # "137 (128 + 9)": how a number that stands is read
        for match in _WORD.finditer(self.rest):
            yield from self._word(match)
        if self.code:
            return
        spots = [(spot, self._in(spot)) for spot in islice(self._spots(), _MOST) if spot.text]
        stated = [spot for spot, stands in spots if stands]
        for spot, stands in spots:
            if not self._verbatim(spot):
                yield Claim(cut(spot.text, 80), spot.what, stands or is_worked_out(spot, stated, self.known.today))
        yield from (Claim(name, "a person", self._says(name)) for name in people(self.rest))
        yield from (Claim(both, "an author", stands) for both, stands in attributions(self.whole, self.known))
        if self.strict:
            yield from (Claim(name, "a name", self._says(name) or self._says(re.sub("[-_]", " ", name))) for name in named_parts(self.rest))
            yield from (
                Claim(said, "a measurement", self._says(verb) or is_worked_out(spot, stated, self.known.today)) for said, verb, spot in multiplied(self.rest)
            )
            yield from (Claim(words, "a measurement", self._says(measure) or self._says(measure.split()[0])) for measure, words in moved_measures(self.rest))
            yield from (Claim(words, "a state", stands) for words, stands in states(self.rest, self._holds))
            yield from (Claim(words, "an earlier time", stands) for words, stands in recurrences(self.rest, self.known))

    def _links(self) -> Iterator[Claim]:
        for match in _URL.finditer(self.rest):
            link = match.group()
            if is_known(link, self.known):
                yield Claim(cut(link, 200), "a link", True)
            self._blank(match.start(), match.end())  # a foreign one is gone already, or leads nowhere

    def _spans(self) -> Iterator[Claim]:
        for match in _SPAN.finditer(self.rest):
            is_code = match[1] is not None
            # What was understood of it, a link, is blank in what is left.
            inner = self.whole[match.start() + 1 : match.end() - 1]
            if self._quoted(inner) or (is_code and (self._is_known_code(inner) or self._is_known_number(inner))):
                yield Claim(cut(inner, 160), "code" if is_code else "a quotation", True)
                self._blank(match.start(), match.end())
            elif is_code and self._is_missed(match):
                self._blank(match.start(), match.end())
            elif self.strict and self._tells(inner, is_code):
                yield Claim(cut(inner, 160), "code" if is_code else "a quotation", False)
                self._blank(match.start(), match.end())

    def _is_missed(self, match: re.Match[str]) -> bool:
        """Whether the sentence says that it is not there: what nobody wrote can stand nowhere."""
        return bool(_ABSENT.search(self.rest, max(0, match.start() - 80), match.start()) or _GONE.match(self.rest, match.end()))

    def _tells(self, inner: str, is_code: bool) -> bool:
        """Whether a span is long enough to be a quotation: a word in inverted commas may be irony, and `None` is nobody's."""
        letters = sum(character.isalnum() for character in inner)
        if is_code and _LANGUAGE.fullmatch(inner):
            return False  # `SELECT … FOR UPDATE`: a language, not a name
        if is_code:
            if _TOOL.match(inner):
                return False  # a command is advice; the commits and files in it are looked up each by itself
            return letters >= 3 and inner.strip().casefold() not in _PLAIN_CODE and not is_technology(inner.strip())
        return letters >= 8 and len(inner.split()) >= 2

    def _is_known_code(self, inner: str) -> bool:
        name = inner.strip().partition("(")[0].strip()
        return name != inner.strip() and len(name) > 2 and self._says(name)

    def _is_known_number(self, inner: str) -> bool:
        """`1204.50` where the log has `1.204,50`."""
        value = next(number(inner), None) if AMOUNT.fullmatch(inner) else None
        return value is not None and self.known.today.has_number(value, "", 0)

    def _quoted(self, inner: str) -> bool:
        """Whether it stands in the case; of a quotation with an ellipsis each part."""
        kind, _, message = inner.partition(": ")
        if message and " " not in kind and self._says(kind) and self._says(message):
            return True  # an error as it is printed; a record may hold its type and its message apart
        return self._stands_in_parts(inner) or self._stands_in_parts(unmarked_quote(inner, ""))

    def _stands_in_parts(self, inner: str) -> bool:
        parts = [part for part in re.split(r"…|\.\.\.", inner) if any(character.isalnum() for character in part)]
        return bool(parts) and all(self._says(part) or (len(part) > 20 and self._holds(part)) for part in parts)

    def _holds(self, part: str) -> bool:
        return self.known.today.holds(part) or (self.with_past and self.known.past.holds(part))

    def _word(self, match: re.Match[str]) -> Iterator[Claim]:
        word = match.group().strip(_EDGES)
        has_call = "()" in match.group()
        if not has_call and word.isalpha() and not word.isupper():
            return
        call = _CALL.search(match.group()[:1_000]) if has_call else None
        if call and self._is_missed(match) and not self._says(call[1].rpartition(".")[2]):
            self._blank(match.start(), match.end())
        elif call and self.tone != "advice":
            yield Claim(call.group(), "a function", self._says(call[1]) or self._says(call[1].rpartition(".")[2]))
            self._blank(match.start(), match.end())
        elif found := self._named(word, match):
            yield from found
            self._blank(match.start(), match.end())

    def _named(self, word: str, match: re.Match[str]) -> list[Claim]:
        """Claims of one word that is a name of something; empty when it is none."""
        if not word or len(word) > 1_000:
            return []
        if _EVIDENCE.fullmatch(word) or _EVIDENCES.fullmatch(word):
            ids = re.findall(r"E\d{1,6}", word)
            return [Claim(name, "evidence", name in self.known.evidence or self._says(word)) for name in ids]
        if "@" in word:
            return self._person(word)
        if reference := self._reference(word, match):
            return reference
        digits = word.isdecimal() and len(word) >= 7  # one in 27 short names of commits has no letter
        if _SHA.fullmatch(word) or _UUID.fullmatch(word) or (digits and any(commit.sha.startswith(word) for commit in self.known.commits)):
            return [Claim(word, "a commit or id", any(index.has_commit(word) for index in (self.known.today, self.known.past)) or self._says(word))]
        return self._place(word)

    def _person(self, word: str) -> list[Claim]:
        name = _MAIL.search(word) or _HANDLE.match(word)
        if name is None:
            return []
        return [Claim(name.group(), "a person", self._says(name.group()) or self._says(name.group().removeprefix("@")))]

    def _reference(self, word: str, match: re.Match[str]) -> list[Claim]:
        found = _REFERENCE.fullmatch(word)
        if found is None and word.isdecimal():
            before = self.rest[max(0, match.start() - 20) : match.start()].casefold().split()
            found = re.fullmatch(r"(\d{1,9})", word) if before and before[-1].strip(_EDGES) in _REQUESTS else None
        if found:
            number = int(next(group for group in found.groups() if group))
            stands = number in self.known.today.references or number in self.known.past.references
            return [Claim(word, "a pull request or issue", stands)]
        if _TICKET.fullmatch(word) and not is_technology(word):
            return [Claim(word, "a ticket or code", self._says(word))]
        return []

    def _place(self, word: str) -> list[Claim]:
        line = _LINE.fullmatch(word)
        path = line[1] if line else word
        if not _PATH.fullmatch(path):
            return []
        if line:
            return [Claim(word, "a line of code", self._says(word) or self._read(path, int(line[2])))]
        if not self.strict:
            return []
        return [Claim(word, "a file", self._says(path))]

    def _read(self, path: str, line: int) -> bool:
        spans = [span for read, found in self.known.lines.items() if read == path or read.endswith(f"/{path}") or path.endswith(f"/{read}") for span in found]
        in_a_stack = (f'{path}", line {line}', f"{path}:line {line}")
        return any(first <= line <= last for first, last in spans) or any(map(self.known.today.says, in_a_stack))

    def _spots(self) -> Iterator[Spot]:
        """Times, amounts and identifiers; in advice only where a clause tells what was seen."""
        yield from times(self.rest, strict=self.strict)
        yield from amounts(self.rest, strict=self.strict)

    def _in(self, spot: Spot) -> bool:
        if spot.found_in(self.known.today):
            return True
        return (self.with_past and spot.found_in(self.known.past)) or self._elsewhere(spot)

    def _elsewhere(self, spot: Spot) -> bool:
        """An identifier or a line that only the records know."""
        if spot.what == "a line of code":
            line = int(spot.amount)
            in_code = any(first <= line <= last for spans in self.known.lines.values() for first, last in spans)
            return in_code or self.known.today.says(f"line {line}") or bool(re.search(rf"\.[a-z]{{1,5}}:{line}\b", self.known.today.folded))
        if spot.kind == "events" and any(self._names(key) for key in self.known.today.keys_of(spot.amount)):
            return True
        if self.whole[max(0, spot.start - 5) : spot.start] in ("port ", "Port ") and self._says(f":{spot.text}"):
            return True
        amount = spot.text.partition(" of ")[0]
        promised = (word.strip(_EDGES) for words in self.known.configured for word in words.split())
        return bool(AMOUNT.fullmatch(amount)) and amount in promised

    def _names(self, key: str) -> bool:
        """Whether the sentence names what a log counts under that key: `173 requests were waiting`, where it says `waiting=173`."""
        parts = [part for part in re.split(r"[_.-]", key) if part]
        return all(re.search(rf"\b{re.escape(part)}\b", self.whole, re.IGNORECASE) for part in parts)

    def _verbatim(self, spot: Spot) -> bool:
        """Whether it stands among words that are copied from the case: with two others, before, behind or within it."""
        words = list(re.finditer(r"\S+", self.whole[max(0, spot.start - 80) : spot.end + 80]))
        offset = max(0, spot.start - 80)
        inside = [n for n, word in enumerate(words) if word.start() + offset < spot.end and spot.start < word.end() + offset]
        first, last = inside[0], inside[-1]
        own = last - first + 1
        least = max(own, min(own, 2) + 2)  # "429 Too Many Requests": of what is counted the number and the noun are its own
        for begin in range(max(last + 1 - least, 0), first + 1):
            window = words[begin : begin + least]
            if len(window) >= 3 and self._says(" ".join(word.group() for word in window).strip(_EDGES)):
                return True
        return False

    def _says(self, text: str) -> bool:
        today, past = self.known.today, self.known.past
        return today.says(text) or (self.with_past and past.says(text))

    def _blank(self, start: int, end: int) -> None:
        self.rest = f"{self.rest[:start]}{' ' * (end - start)}{self.rest[end:]}"
