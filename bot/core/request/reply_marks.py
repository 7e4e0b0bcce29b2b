"""The marks by which our own messages in an alert's thread are found again."""

from bot.model import Permalink


def marker(signature: str, thread: Permalink, part: int = 1) -> str:
    """Of the answer to one alert about one error. A long answer goes on in messages whose marks end in their number: `…#2`."""
    first = f"{signature}/{thread.identity}"
    return first if part == 1 else f"{first}#{part}"
