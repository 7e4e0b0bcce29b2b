"""What the configuration says of the model that diagnoses: which one, at what price, and where it ends."""

from typing import Annotated, Literal

import msgspec

from bot.config.keys import described
from bot.model import Record

Dollars = Annotated[float, msgspec.Meta(ge=0, le=10_000)]


class Prices(Record, frozen=True):
    """US dollars for a million tokens."""

    input: Dollars
    output: Dollars
    cache_read: Dollars
    cache_write: Annotated[Dollars, described("Of the configured `cache` lifetime.")]


# As of November 2026; a configuration may say otherwise.
KNOWN_PRICES = {
    "claude-sonnet-5-5": Prices(2.0, 10.0, 0.2, 2.5),
    "claude-opus-5-5": Prices(4.0, 20.0, 0.4, 5.0),
    "claude-haiku-5-5": Prices(0.1, 0.5, 0.01, 0.125),
}


class Claude(Record, frozen=True):
    """The model and its ceilings; when one is reached, the rules take over and the report says so."""

    model: Annotated[str, described("Id of a model: docs.anthropic.com lists them."), msgspec.Meta(pattern=r"^[A-Za-z0-9@.:/_-]{1,200}$")] = "claude-sonnet-5-5"
    provider: Annotated[Literal["anthropic", "bedrock", "vertex"], described("bedrock and vertex take the cloud's own credentials.")] = "anthropic"
    region: Annotated[str, described("Of bedrock or vertex."), msgspec.Meta(pattern=r"^[a-z0-9-]{0,40}$")] = ""
    project: Annotated[str, described("Google Cloud project, for vertex."), msgspec.Meta(pattern=r"^[a-z0-9:.-]{0,80}$")] = ""
    effort: Literal["low", "medium", "high", "xhigh", "max"] = "medium"
    turns: Annotated[int, described("Requests of one diagnosis."), msgspec.Meta(ge=1, le=50)] = 10
    output_tokens: Annotated[int, described("Of one answer."), msgspec.Meta(ge=1_024, le=21_333)] = 12_000
    total_tokens: Annotated[int, described("Of one diagnosis, read and written, cached ones too."), msgspec.Meta(ge=10_000, le=10_000_000)] = 600_000
    seconds: Annotated[float, described("Of one diagnosis."), msgspec.Meta(ge=10, le=3_600)] = 300
    dollars: Annotated[Dollars, described("Of one diagnosis.")] = 1.0
    dollars_per_day: Annotated[Dollars, described("Of a day in UTC, counted from the bot's own pull requests.")] = 20.0
    unknown_day: Annotated[
        Literal["rules", "continue"],
        described("What happens when the day's spend cannot be read; continue: only the ceilings of one diagnosis hold then, and the report says so."),
    ] = "rules"
    cache: Annotated[Literal["5m", "1h"], described("How long the vendor keeps what every request begins with.")] = "5m"
    prices: Annotated[
        dict[str, Prices], described("By model id, beside the known ones; a model without prices is not asked, for its cost could not be held.")
    ] = {}

    def price(self) -> Prices | None:
        """What the model costs; None where nobody said. What is kept for an hour costs twice the input to write."""
        known = KNOWN_PRICES.get(self.model)
        if known is not None and self.cache == "1h":
            known = msgspec.structs.replace(known, cache_write=2 * known.input)
        return self.prices.get(self.model) or known
