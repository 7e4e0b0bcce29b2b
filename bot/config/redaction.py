"""What the configuration says of redaction: what else is taken out, and how long a text may take."""

from typing import Annotated, Literal

import msgspec

from bot.config.keys import described
from bot.model import Record


class Redaction(Record, frozen=True):
    """Beyond secrets and personal data, which are always taken out."""

    ip_addresses: Annotated[Literal["keep", "redact"], described("keep: they say which host failed; redact: where they count as personal data.")] = "keep"
    seconds_per_text: Annotated[
        float, described("A text that takes longer to look through is withheld whole, and a gap says so."), msgspec.Meta(gt=0, le=60)
    ] = 5
