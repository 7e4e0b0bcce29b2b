"""What in a change points to the failure: the lines and functions it touched, the names it defines, what the message says, guards that went."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.core.code.hunks import assigns_local, defined_names
from bot.core.code.words import names_of, parts_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.suspects.change_nature import Line, Piece, alike, is_import
from bot.core.suspects.dependencies import other_versions
from bot.core.suspects.failure_kinds import GUARD, RETURNS, TAKES_AWAY
from bot.core.suspects.failure_scene import CALLER, Candidate, Compared, Scene, Signal, Site, defined_in
from bot.core.suspects.nullability import made_optional

# What each signal is worth. The line itself and what the message names settle most.
_LINE, _RESTS, _FUNCTION, _ASSIGNS, _TOUCHES, _MOST_INSIDE = 3.0, 2.4, 0.5, 0.8, 0.35, 1.4
_FILE, _IMPORTED, _DEFINES, _MENTIONS, _MOST_OF_WORDS = 0.3, 0.3, 2.2, 0.5, 3.5
_TOOK_NAMED, _TOUCHED_NAMED, _TOOK_IMPORT, _NUMBER, _PLAIN, _MOST_OF_PLAIN = 2.6, 0.8, 2.4, 0.9, 0.25, 0.75
_MOST_PIECES, _MOST_LINES = 60, 60
_ONLY_ADDED, _RETURNS, _BESIDE = 0.55, 1.25, 0.7
_BROUGHT = 0.3
"""Whoever wrote code stands behind each of its lines, and it ran: what altered it since says more."""
_GUARD, _FAR_GUARD, _KIND, _FAR_KIND, _TOOK_USED = 1.6, 0.25, 0.8, 0.2, 2.0


def signals(scene: Compared, candidate: Candidate, left: Sequence[Piece]) -> Iterator[Signal]:
    """Everything in the candidate that has to do with the failure; `left` is what its changed lines mean."""
    began = candidate.began(scene.scene.sites)
    for signal in _all(scene, candidate, left):
        told = signal.path not in began or signal.reason.startswith("brought ")
        yield signal if told else replace(signal, points=signal.points * _BROUGHT)


def _all(scene: Compared, candidate: Candidate, left: Sequence[Piece]) -> Iterator[Signal]:
    yield from _lines(scene.scene, candidate, left)
    meant = [piece for piece in left if piece.lines]
    yield from _functions(scene, candidate, meant)
    yield from _taken_between(scene, meant)
    yield from _uses(scene, meant)
    yield from _named(scene, meant)
    yield from _taken(scene, meant)
    yield from made_optional(scene, meant)
    yield from _numbers_and_words(scene, meant)
    yield from _imports(scene, meant)
    yield from other_versions(scene, [piece for piece in meant if piece.hunk.path not in candidate.brought])
    yield from _guards(scene, meant)
    yield from _kinds(scene, meant)
    yield from _files(scene.scene, meant)


def _lines(scene: Scene, candidate: Candidate, left: Sequence[Piece]) -> Iterator[Signal]:
    """The failing statement, and the lines it rests on, as blame gives them to this commit."""
    found = []
    for depth, line in candidate.blamed:
        site = scene.sites[depth]
        rests = site.basis.lines.get(line, 0)
        if rests:
            points = (_LINE if rests == 1 else _RESTS * rests) * _meaning(site.lines.get(line, ""), left) * CALLER**depth
            brings = candidate.brings(site)
            found.append(Signal(points * (_BROUGHT if brings else 1), _brought(site) if brings else _of_line(site, depth, line, rests), site.path))
    ordered = sorted(found, key=lambda signal: (-signal.points, signal.reason))
    yield from ordered[:1]
    yield from (Signal(signal.points * 0.2, signal.reason, signal.path) for signal in ordered[1:2])


def _meaning(text: str, left: Sequence[Piece]) -> float:
    """What the commit did to a line that blame gives it: 1 where that cannot be told, little where it only moved or renamed."""
    words = "".join(text.split())
    if left and not any(piece.lines for piece in left):
        return 0.0
    found = [line.weight for piece in left for line in piece.lines if line.added and words and words in "".join(line.text.split())]
    return max(found, default=1.0 if not left else 0.3)


def _of_line(site: Site, depth: int, line: int, rests: float) -> str:
    if depth == 0:
        return f"changed the failing line {line} itself" if rests == 1 else f"changed line {line}, which the failing line rests on"
    return f"changed line {line} of `{shown(site.function)}`, which led to the failing line"


def _brought(site: Site) -> str:
    return f"brought `{shown(site.function)}`, as a whole" if site.function != "<module>" else f"brought {shown(site.path)}, as a whole"


def _functions(scene: Compared, candidate: Candidate, left: Sequence[Piece]) -> Iterator[Signal]:
    for depth, site in enumerate(scene.scene.sites):
        inside = [piece for piece in left if site.holds(piece.hunk)]
        if not inside:
            continue
        brings = candidate.brings(site)
        far = CALLER**depth * (_BROUGHT if brings else 1)
        name = f"`{shown(site.function)}`" if site.function != "<module>" else f"the top of {shown(site.path)}"
        which = "the failing function" if depth == 0 else "a function of the trace"
        reason = _brought(site) if brings else f"changed {name}, {which}"
        yield Signal(_FUNCTION * far * max(piece.weight * min(1.0, _altering(piece)) for piece in inside), reason, site.path)
        known: dict[str, float] = {}
        for around, line in ((piece, line) for piece in inside for line in piece.lines):
            assigned = set(defined_names(line.text))
            for word in names_of(line.text):
                worth = (_ASSIGNS if word in assigned else _TOUCHES) * scene.telling[depth].get(word, 0) * line.weight * _touching(around, word)
                known[word] = max(known.get(word, 0), worth)
        best = max(known, key=lambda word: (known[word], word), default="")
        if best and known[best] > 0 and not brings:  # whoever brought the function touched each of its names
            touched = f"touches `{shown(best)}` there, which the failing line rests on"
            yield Signal(min(_MOST_INSIDE, sum(known.values())) * far, touched, site.path)


def _taken_between(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    """What was only taken out leaves no line to blame: it stood between two lines on which the failing line rests."""
    for depth, site in enumerate(scene.scene.sites):
        rests = site.basis.lines
        pairs = {(site.lines[line].strip(), site.lines[line + 1].strip()): line for line in rests if line in site.lines and line + 1 in rests}
        for piece in left:
            line = pairs.get(piece.hunk.around)
            if line is not None and piece.weight == 1 and not piece.hunk.added and site.holds(piece.hunk):
                points = _RESTS * 0.8 * min(rests[line], rests[line + 1]) * CALLER**depth
                yield Signal(points, f"took out what stood after line {line}, amid what the failing line rests on", site.path)
                return


def _uses(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    """Names of the failing code that are defined, or only mentioned, elsewhere."""
    best: dict[str, tuple[float, bool, str]] = {}
    for piece in left:
        if any(site.holds(piece.hunk) for site in scene.scene.sites):
            continue
        defines = defined_in(piece)
        mentions = {name: line.weight * _touching(piece, name) for line in piece.lines if not is_import(line.text) for name in names_of(line.text)}
        for name in (defines.keys() | mentions.keys()) & scene.used.keys():
            defined = _DEFINES * defines.get(name, 0) * scene.defined.get(name, 1) * _altering(piece)
            mentioned = _MENTIONS * mentions.get(name, 0) * scene.touched.get(name, 1)
            worth = max(defined, mentioned) * scene.used[name]
            best[name] = max(best.get(name, (0.0, False, "")), (worth, defined >= mentioned, piece.hunk.path))
    budget = _MOST_OF_WORDS
    for number, (name, (worth, is_defined, path)) in enumerate(sorted(best.items(), key=lambda item: (-item[1][0], item[0]))):
        points = min(worth * 0.6**number, budget)
        yield Signal(points, f"{'changed' if is_defined else 'touches'} `{shown(name)}`, which the failing code uses", path)
        budget -= points


def _altering(piece: Piece) -> float:
    """What was only added elsewhere breaks less than what was altered or taken away: had it raised, the trace would end in it.
    What is returned now breaks most."""
    if not any(not line.added and line.weight >= 0.3 for line in piece.lines):
        return _ONLY_ADDED
    return _RETURNS if any(line.added and line.weight >= 0.3 and RETURNS.match(line.text) for line in piece.lines) else 1.0


def _touching(piece: Piece, name: str) -> float:
    """What a name in a changed line counts: less where the change is beside it, as `rows` is in `sorted(rows)` that became `sorted(rows, key=size)`."""
    return _BESIDE if name in piece.stayed else 1.0


def _named(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    """Names of the message that are gone from the code, or were touched."""
    balance: Counter[str] = Counter()
    seen: dict[str, tuple[float, str]] = {}
    failing = scene.scene.sites[0]
    for piece in left:
        inside = failing.holds(piece.hunk)
        for line in piece.lines:
            for name in (set(names_of(line.text)) & scene.named.names) - (set() if inside else failing.basis.local):
                takes = not line.added or TAKES_AWAY.match(line.text)
                balance[name] += -1 if takes else 1
                seen[name] = max(seen.get(name, (0.0, "")), (line.weight, piece.hunk.path))
    for name, (weight, path) in sorted(seen.items()):
        if balance[name] < 0:
            yield Signal(_TOOK_NAMED * weight * scene.touched.get(name, 1) ** 0.5, f"took out `{shown(name)}`, which the message names", path)
        else:
            yield Signal(_TOUCHED_NAMED * weight * scene.touched.get(name, 1), f"touches `{shown(name)}`, which the message names", path)


def _taken(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    """A name that the failing code still uses is defined no more."""
    gone: dict[str, str] = {}
    there: set[str] = set()
    for piece in left:
        for line in piece.lines:
            names = () if is_import(line.text) or assigns_local(line.text) else defined_names(line.text)
            there |= set(names) if line.added else set()
            gone |= dict.fromkeys(names if not line.added else (), piece.hunk.path)
    for name in sorted((gone.keys() - there) & scene.used.keys(), key=lambda name: (-scene.used[name], name))[:1]:
        yield Signal(_TOOK_USED * scene.used[name], f"took away `{shown(name)}`, which the failing code still uses", gone[name])


def _numbers_and_words(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    """Numbers of the message that were set, and plain words of it."""
    for number in sorted(scene.named.numbers):
        path = next((piece.hunk.path for piece in left if _sets(piece, number)), "")
        if path:
            yield Signal(_NUMBER, f"set {number}, which the message names", path)
    plain: dict[str, str] = {}
    for piece in left:
        for line in piece.lines:
            if line.weight > 0.3:
                parts = {part for name in names_of(line.text) for part in parts_of(name)}
                plain |= dict.fromkeys(sorted(parts & scene.named.plain), piece.hunk.path)
    if plain:
        words = sorted(plain)
        points = sum(_PLAIN * scene.touched.get(word, 1) for word in words)
        yield Signal(min(_MOST_OF_PLAIN, points), f"speaks of {', '.join(words[:3])}, as the message does", plain[words[0]])


def _sets(piece: Piece, number: str) -> bool:
    within = [line for line in piece.lines if number in line.text]
    return any(line.added for line in within) and all(line.added for line in within)


def _imports(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    """An import of the failing file that is gone although its name is still used."""
    for piece in left:
        if piece.hunk.path != scene.scene.sites[0].path:
            continue
        taken = {name for line in piece.lines if not line.added and is_import(line.text) for name in names_of(line.text)}
        given = {name for line in piece.lines if line.added and is_import(line.text) for name in names_of(line.text)}
        gone = sorted((taken - given) & scene.used.keys(), key=lambda name: (-scene.used[name], name))
        if gone:
            yield Signal(_TOOK_IMPORT * scene.used[gone[0]], f"took away the import of `{shown(gone[0])}`, which the failing code uses", piece.hunk.path)
            return


def _guards(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    found: list[Signal] = []
    for piece in left[:_MOST_PIECES]:
        added = [line.text for line in piece.lines if line.added][:20]
        for line in piece.lines[:_MOST_LINES]:
            if line.added or line.weight < 1 or is_import(line.text) or not GUARD.search(line.text) or any(alike(line.text, other) for other in added):
                continue
            found.append(Signal(max(_GUARD * _guarded(scene, piece, line), _FAR_GUARD), f"removed a guard: `{shown(line.text)}`", piece.hunk.path))
    yield from sorted(found, key=lambda signal: -signal.points)[:1]


def _guarded(scene: Compared, piece: Piece, line: Line) -> float:
    """How much a guard has to do with it: all when it guards what failed against this kind of failure; some where it stands in what is used."""
    fits = any(kind.changed.search(line.text) for kind in scene.kinds)
    for depth, site in enumerate(scene.scene.sites):
        if site.holds(piece.hunk):
            about = max((site.basis.words.get(name, 0) for name in names_of(line.text)), default=0.0)
            telling = max((scene.telling[depth].get(name, 0) for name in names_of(line.text)), default=0.0)
            return CALLER**depth * (about if fits and about >= 0.7 else 0.15 + 0.6 * telling)
    return nearness(scene, piece) * (1.0 if fits else 0.3)


def _kinds(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    for kind in scene.kinds:
        fits = [piece for piece in left if any(line.weight >= 0.3 and kind.changed.search(line.text) for line in piece.lines)]
        best = max(fits, key=lambda piece: nearness(scene, piece), default=None)
        if best is not None:
            yield Signal(max(_KIND * nearness(scene, best) * best.weight, _FAR_KIND), kind.because, best.hunk.path)
            return


def _files(scene: Scene, left: Sequence[Piece]) -> Iterator[Signal]:
    touched: dict[str, float] = {}
    for piece in left:
        touched[piece.hunk.path] = max(touched.get(piece.hunk.path, 0), piece.weight)
    for depth, path in enumerate(scene.trace_files):
        if path in touched:
            yield Signal(_FILE * CALLER ** min(depth, 3) * touched[path], "", path)
    imported = max((path for path in sorted(touched) if _stem(path) in scene.imports), key=lambda path: touched[path], default="")
    if imported:
        yield Signal(_IMPORTED * touched[imported], f"changed {shown(imported)}, which the failing file imports", imported)


def nearness(scene: Compared, piece: Piece) -> float:
    """1 where the failing line rests on it, less where it only stands in the same function or is less used, 0 elsewhere."""
    inside = 0.0
    for depth, site in enumerate(scene.scene.sites):
        if site.holds(piece.hunk):
            about = max((scene.telling[depth].get(name, 0) for line in piece.lines for name in names_of(line.text)), default=0.0)
            inside = max(inside, CALLER**depth * (0.4 + 0.6 * min(1, about)))
    return max(inside, *(scene.used.get(name, 0) * scene.defined.get(name, 1) * weight for name, weight in defined_in(piece).items()), 0.0)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def shown(text: str) -> str:
    """Text from outside within a reason."""
    return cut(one_line(text).replace("`", "'"), 80)
