"""The National Volunteering Platform: the file for it, and its own list held against ours."""

from checkin.operations.platform.rows import (
    FULL_NAME,
    LACKS,
    Sum,
    by_opportunity,
    lacking,
    listed,
    sum_of,
)
from checkin.operations.platform.shape import (
    WORDS,
    Hours,
    Part,
    Shape,
    checked,
    choose,
    choose_usual,
    chosen,
    whole_hours,
)

__all__ = [
    "FULL_NAME",
    "LACKS",
    "WORDS",
    "Hours",
    "Part",
    "Shape",
    "Sum",
    "by_opportunity",
    "checked",
    "choose",
    "choose_usual",
    "chosen",
    "lacking",
    "listed",
    "sum_of",
    "whole_hours",
]
