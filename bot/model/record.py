"""What every noun is: immutable, converted by `msgspec`, strict when read back."""

from typing import Annotated

import msgspec

Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number of a record that is read back: with four hundred digits it is valid JSON too, and no amount can be computed of it."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every noun: immutable, strict when read back."""
