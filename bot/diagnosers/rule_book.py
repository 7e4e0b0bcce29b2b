"""The rules at hand: those that come with the bot, and a team's own in `knowledge/rules/`, which change them or add to them."""

from functools import cache
from importlib import resources
from pathlib import Path

import msgspec

from bot.core.rules.reading import LARGEST, Layer, layered, read
from bot.core.rules.rule import Broken, Rule
from bot.model import Gap, Record

FOLDER = "knowledge/rules"
COMPILED = "compiled.json"
"""The shipped rules, read and checked once: YAML costs a tenth of a second that no diagnosis should wait for."""
_MOST_FILES = 100


class RuleBook(Record, frozen=True):
    """The rules that hold here, and what of a team's files could not be used."""

    rules: tuple[Rule, ...]
    broken: tuple[Broken, ...] = ()

    def gaps(self) -> tuple[Gap, ...]:
        """What could not be used, for the diagnosis that goes without it."""
        return tuple(Gap("rules", f"the rule at {one.path}:{one.line}", one.cause, one.remedy) for one in self.broken)


@cache
def shipped() -> RuleBook:
    """The rules that come with the bot."""
    data = resources.files("bot.diagnosers").joinpath("rules", COMPILED).read_bytes()
    return RuleBook(msgspec.json.decode(data, type=tuple[Rule, ...]))


def of(root: Path) -> RuleBook:
    """The shipped rules with those of the knowledge folder below `root` over them. Never raises for what stands in a rule file."""
    files, unread = texts(root / FOLDER, root)
    if not files and not unread:
        return shipped()
    layer = read(files, shipped().rules)
    return RuleBook(layered(shipped().rules, layer), (*unread, *layer.broken))


def own(folder: Path, root: Path) -> Layer:
    """What the rule files of a folder say, over the shipped rules; files that cannot be read are broken."""
    files, unread = texts(folder, root)
    layer = read(files, shipped().rules)
    return msgspec.structs.replace(layer, broken=(*unread, *layer.broken))


def texts(folder: Path, root: Path) -> tuple[dict[str, str], tuple[Broken, ...]]:
    """Path relative to `root` → text of each rule file of a folder, and those that cannot be read."""
    found: dict[str, str] = {}
    unread: list[Broken] = []
    files = sorted({*folder.glob("*.yml"), *folder.glob("*.yaml")}) if folder.is_dir() else []
    for file in files[:_MOST_FILES]:
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
        try:
            place = file.resolve(strict=True)
            if not place.is_relative_to(folder.resolve()) or not place.is_relative_to(root.resolve()):  # the folder itself may be a link
                unread.append(Broken(name, 1, "a link that leads out of the folder", "replace it by the file itself"))
            elif file.stat().st_size > 4 * LARGEST:
                unread.append(Broken(name, 1, f"larger than {LARGEST:,} characters", "split it into several files"))
            else:
                found[name] = file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            unread.append(Broken(name, 1, f"not UTF-8 (byte {error.start})", "save it as UTF-8"))
        except (OSError, RuntimeError) as error:
            unread.append(Broken(name, 1, getattr(error, "strerror", None) or "a loop of links", "check the file and its permissions"))
    if len(files) > _MOST_FILES:
        unread.append(Broken(FOLDER, 1, f"more than {_MOST_FILES} rule files", "join some of them"))
    return found, tuple(unread)


def source() -> Path:
    """Where the shipped rules are written, in a checkout of the bot."""
    return Path(__file__).parent / "rules"


def compiled(folder: Path) -> tuple[bytes, tuple[Broken, ...]]:
    """The shipped rules as they are packed, in the order of files and lines; and what is broken in them."""
    files, unread = texts(folder, folder)
    layer = read(files)
    return msgspec.json.format(msgspec.json.encode(layer.rules), indent=1) + b"\n", (*unread, *layer.broken)
