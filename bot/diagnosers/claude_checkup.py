"""Doctor's look at the model: its credentials, whether the vendor knows it, what it costs, and what of the day is left."""

from collections.abc import Callable, Iterable
from datetime import date

from bot.config.claude import Claude
from bot.core.plain_text.plain_text import cut, one_line
from bot.diagnosers.claude_client import Model, ModelClient
from bot.diagnosers.claude_refusals import NoAnswer
from bot.errors import BotError
from bot.model import Checkup
from bot.ports import Ledger


def examine(claude: Claude, connect: Callable[[], ModelClient], ledger: Ledger, today: date) -> Iterable[Checkup]:
    """One harmless call to the vendor where it offers one, and what the ledger needs. Never raises BotError."""
    price = claude.price()
    if price is None:
        yield Checkup("price of the model", False, f"{claude.model} has none", "set `claude: prices:` for it; without a price no request is made")
    else:
        yield Checkup("price of the model", True, f"{claude.model}: ${price.input:g} in, ${price.output:g} out for a million tokens")
    yield _model(claude, connect)
    try:
        spent = ledger.spent(today)
    except BotError as error:
        yield Checkup("spent today", claude.unknown_day == "continue", f"not known: {error.cause}", error.remedy)
    else:
        yield Checkup("spent today", True, f"${spent:.2f} of ${claude.dollars_per_day:g}")


def _model(claude: Claude, connect: Callable[[], ModelClient]) -> Checkup:
    name = f"model {claude.model}"
    try:
        client = connect()
        if claude.provider != "anthropic":
            return Checkup(name, True, f"not asked: {claude.provider} has no call that costs nothing")
        return _known(name, claude, client.model(claude.model))
    except NoAnswer as error:
        return Checkup(name, False, error.cause, error.remedy)
    except BotError as error:
        return Checkup(name, False, f"{error.doing}: {error.cause}", error.remedy)


def _known(name: str, claude: Claude, model: Model) -> Checkup:
    other = "set `claude: model:` to a current one: docs.anthropic.com lists them"
    if model.lifecycle == "retired":
        return Checkup(name, False, "the vendor has retired it", other)
    if not model.structured:
        return Checkup(name, False, "it cannot answer by a schema, which a diagnosis needs", other)
    if model.efforts is not None and claude.effort not in model.efforts:
        remedy = f"set `claude: effort:` to one of {', '.join(model.efforts)}" if model.efforts else other
        return Checkup(name, False, f"it knows no effort {claude.effort!r}", remedy)
    return Checkup(name, True, f"the vendor knows it ({cut(one_line(model.lifecycle), 40)})")
