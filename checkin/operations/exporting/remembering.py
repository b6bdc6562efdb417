"""What cells come to, remembered: most rows of a long list say what rows before them said."""

from collections.abc import Callable
from typing import Any

MOST = 4096
"""Answers of one column; then it begins anew, so that no list takes up memory."""


class Remembered(dict[Any, str]):
    """`made` of each value, looked up at the speed of a dictionary."""

    def __init__(self, made: Callable[[Any], str]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, value: Any) -> str:
        if len(self) >= MOST:
            self.clear()
        answer = self[value] = self._made(value)
        return answer
