"""Whole numbers in English words, as a cheque has them: a digit changed on paper then contradicts the word."""

from __future__ import annotations

# fmt: off
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
# fmt: on
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))


def _below_thousand(number: int) -> str:
    words: list[str] = []
    if number >= 100:
        words.append(f"{_SMALL[number // 100]} hundred")
        number %= 100
        if number:
            words.append("and")
    if number >= 20:
        tens = _TENS[number // 10 - 2]
        words.append(f"{tens}-{_SMALL[number % 10]}" if number % 10 else tens)
    elif number or not words:
        words.append(_SMALL[number])
    return " ".join(words)


def english_words(number: int) -> str:
    """``12`` is "twelve", ``450000`` is "four hundred and fifty thousand".

    Errors: ``ValueError`` below zero or from 10**15 on, far above what any registry holds.
    """
    if not 0 <= number < 10**15:
        raise ValueError("only numbers from 0 to 10**15 - 1 are spelled out")
    words: list[str] = []
    for scale, name in _SCALES:
        if number >= scale:
            words.append(f"{_below_thousand(number // scale)} {name}")
            number %= scale
    if number or not words:
        if words and number < 100:
            words.append("and")
        words.append(_below_thousand(number))
    return " ".join(words)
