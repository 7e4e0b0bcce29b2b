"""What every noun is: immutable, converted by `msgspec`, strict when read back."""

import msgspec


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every noun: immutable, strict when read back."""
