"""Every prerequisite looked at by a harmless call, and answered with the remedy."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from bot.errors import BotError
from bot.model import Checkup

Examination = Callable[[], Iterable[Checkup]]


def doctor(examinations: Sequence[tuple[str, Examination]]) -> tuple[Checkup, ...]:
    """All checkups, in the order given; the examinations run side by side. An adapter that cannot even be built is a finding."""
    with ThreadPoolExecutor(max_workers=max(1, len(examinations))) as pool:
        return tuple(checkup for checkups in pool.map(_examined, examinations) for checkup in checkups)


def _examined(one: tuple[str, Examination]) -> tuple[Checkup, ...]:
    name, examination = one
    try:
        return tuple(examination())
    except BotError as error:
        return (Checkup(name, False, f"{error.doing}: {error.cause}", error.remedy),)
