"""What a diagnosis may still cost, checked before each request with the worst that it could come to, and what it did cost."""

import time
from collections.abc import Callable
from datetime import date

from bot.config.claude import Claude, Prices
from bot.diagnosers.claude_refusals import NoAnswer, Usage
from bot.model import Spend

LEAST_OUTPUT = 1_024
"""Tokens; with room for fewer, no answer would fit."""
_BYTES_PER_TOKEN = 2
"""Fewer than any ordinary text has, so that the estimate is a ceiling."""
_LAST_SHARE = 0.25
"""Of the time: when no more is left, the next request is the last."""


class Meter:
    """The ceilings of one diagnosis. `left_today` is what the day still allows, None where it has no ceiling that could be read."""

    def __init__(self, claude: Claude, prices: Prices, today: date, left_today: float | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._claude, self._prices, self._today, self._left_today = claude, prices, today, left_today
        self._monotonic, self._began = monotonic, monotonic()
        self._used = Usage()
        self._context, self._size = 0, 0
        self.requests = 0

    @property
    def seconds_left(self) -> float:
        """Of the clock."""
        return self._claude.seconds - (self._monotonic() - self._began)

    @property
    def dollars(self) -> float:
        """Spent so far."""
        return _dollars(self._used, self._prices)

    def output_for(self, size: int) -> int:
        """How many tokens the next answer may have, when the request has `size` bytes. Raises NoAnswer at a ceiling."""
        claude = self._claude
        if self.requests >= claude.turns:
            raise _reached(f"{claude.turns} requests", "turns")
        if self.seconds_left <= 1:
            raise _reached(f"{claude.seconds:g} seconds", "seconds")
        tokens = self._input(size)
        by_tokens = claude.total_tokens - self._total() - tokens
        if by_tokens < LEAST_OUTPUT:
            raise _reached(f"{claude.total_tokens:,} tokens", "total_tokens", shorter=not self._context)
        for dollars, words, key in self._purses():
            if self._affordable(dollars, tokens) < LEAST_OUTPUT:
                raise _reached(words, key, shorter=dollars > 0 and not self._context)
        return min(claude.output_tokens, by_tokens, *(self._affordable(dollars, tokens) for dollars, _, _ in self._purses()))

    def is_last(self, size: int) -> bool:
        """Whether after the next request, should it come to its worst, there may be no room for another."""
        claude, output = self._claude, self.output_for(size)
        after = self._input(size) + output
        paid = self._worst(self._input(size), output)
        return (
            self.requests + 1 >= claude.turns
            or self.seconds_left < claude.seconds * _LAST_SHARE
            or claude.total_tokens - self._total() - after < after + LEAST_OUTPUT
            or any(self._affordable(dollars - paid, after) < LEAST_OUTPUT for dollars, _, _ in self._purses())
        )

    def count(self, usage: Usage, size: int) -> None:
        """Add what a request of `size` bytes used. A `size` of 0: it came to no end, and does not tell how large the conversation is."""
        used = self._used
        self._used = Usage(used.input + usage.input, used.output + usage.output, used.cache_read + usage.cache_read, used.cache_write + usage.cache_write)
        self.requests += 1
        if size:
            self._context, self._size = usage.input + usage.output + usage.cache_read + usage.cache_write, size

    def start_over(self) -> None:
        """The conversation begins anew; what was spent stays spent."""
        self._context, self._size = 0, 0

    def spend(self, model: str) -> Spend:
        """What it came to."""
        used, prices = self._used, self._prices
        uncached = (used.cache_read * (prices.input - prices.cache_read) + used.cache_write * (prices.input - prices.cache_write)) / 1e6
        return Spend(
            model=model,
            requests=self.requests,
            input_tokens=used.input,
            output_tokens=used.output,
            cache_read_tokens=used.cache_read,
            cache_write_tokens=used.cache_write,
            dollars=round(self.dollars, 6),
            saved=round(max(uncached, 0.0), 6),
            seconds=round(self._claude.seconds - self.seconds_left, 1),
            day=self._today,
        )

    def _input(self, size: int) -> int:
        """Tokens that the request has at most: by its bytes, or by what the vendor counted and what was added since."""
        if not self._context:
            return size // _BYTES_PER_TOKEN + LEAST_OUTPUT
        return self._context + max(size - self._size, 0) // _BYTES_PER_TOKEN + LEAST_OUTPUT

    def _total(self) -> int:
        used = self._used
        return used.input + used.output + used.cache_read + used.cache_write

    def _purses(self) -> list[tuple[float, str, str]]:
        """What is left, and the words for when it is not enough."""
        claude, spent = self._claude, self.dollars
        purses = [(claude.dollars - spent, f"${claude.dollars:g} for a diagnosis", "dollars")]
        if self._left_today is not None:
            purses.append((self._left_today - spent, f"${claude.dollars_per_day:g} for a day", "dollars_per_day"))
        return purses

    def _affordable(self, dollars: float, tokens: int) -> int:
        """Output tokens that `dollars` pay for, beside that input at its dearest."""
        left = dollars - self._worst(tokens, 0)
        return self._claude.output_tokens if left > 0 and not self._prices.output else max(int(left / max(self._prices.output, 1e-9) * 1e6), 0)

    def _worst(self, tokens: int, output: int) -> float:
        return (tokens * max(self._prices.input, self._prices.cache_write) + output * self._prices.output) / 1e6


def _dollars(used: Usage, prices: Prices) -> float:
    cached = used.cache_read * prices.cache_read + used.cache_write * prices.cache_write
    return (used.input * prices.input + cached + used.output * prices.output) / 1e6


def _reached(ceiling: str, key: str, *, shorter: bool = False) -> NoAnswer:
    """`shorter`: nothing was said yet, and a case that is told more shortly may fit."""
    return NoAnswer(f"the ceiling of {ceiling} was reached", f"raise `claude: {key}:` if that is too low", too_large=shorter)
