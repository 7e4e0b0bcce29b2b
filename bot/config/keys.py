"""What several keys of the configuration share: bounds, and the words that an editor shows."""

from typing import Annotated

import msgspec

Minutes = Annotated[float, msgspec.Meta(ge=0, le=1440)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


def described(text: str) -> msgspec.Meta:
    """What an editor shows for a key, through the generated JSON Schema."""
    return msgspec.Meta(description=text)
