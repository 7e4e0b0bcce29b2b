"""The rules of redaction, the surest first: where two overlap, the first names the kind.

A rule takes the text and the same text in lower case (same length) and yields spans. It looks for literal words first and matches patterns only
there; every quantifier is bounded. So a long line costs time in proportion to its length, whatever it holds.
"""

from collections.abc import Callable, Iterator

from bot.core.redaction.addresses import addresses
from bot.core.redaction.commands import commands
from bot.core.redaction.keys import keyed
from bot.core.redaction.personal import email, lettered, numbered
from bot.core.redaction.places import headers, urls
from bot.core.redaction.shapes import json_web_tokens, private_keys, shaped
from bot.core.redaction.span import Span
from bot.core.redaction.statements import columns
from bot.core.redaction.tokens import prefixed

Rule = Callable[[str, str], Iterator[Span]]

RULES: tuple[Rule, ...] = (private_keys, prefixed, json_web_tokens, shaped, headers, commands, urls, keyed, columns, email, lettered, numbered)
WITH_ADDRESSES: tuple[Rule, ...] = (*RULES, addresses)
