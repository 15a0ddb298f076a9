"""Numbers as each language writes them."""

from __future__ import annotations

from functools import cache

from babel.numbers import get_decimal_symbol, get_group_symbol

MINUS = "\u2212"


def number_text(value: float, language: str, decimals: int = 0) -> str:
    """A number with its thousands apart: 1,234.5 in English, 1 234,5 (no-break spaces) in Russian."""
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else MINUS + text[1:]
    return text.translate(_separators(language))


@cache
def _separators(language: str) -> dict[int, str]:
    return str.maketrans({",": get_group_symbol(language), ".": get_decimal_symbol(language)})
