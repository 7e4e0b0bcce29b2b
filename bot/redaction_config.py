"""What the configuration says of redaction: what else is taken out, and how long a text may take."""

from typing import Annotated, Literal

import msgspec

from bot.model import Record
from bot.source_config import told


class Redaction(Record, frozen=True):
    """Beyond secrets and personal data, which are always taken out."""

    ip_addresses: Annotated[Literal["keep", "redact"], told("keep: they say which host failed; redact: where they count as personal data.")] = "keep"
    seconds_per_text: Annotated[float, told("A text that takes longer to look through is withheld whole, and a gap says so."), msgspec.Meta(gt=0, le=60)] = 5
