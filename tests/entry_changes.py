"""What a change did to the lines of an entry."""

from bot.core.entry.entry import render
from bot.texts.entry_page import new_entry
from tests.occurrences import FIRST, occurrence, signature

NEW = render(new_entry(signature(), occurrence(FIRST)))
