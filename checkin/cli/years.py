"""Years as they are named on a command line and in addresses: 2026, or 1448h."""

from datetime import date

import click

from checkin.operations.figures import spans


class Year(click.ParamType):
    """A year of either calendar."""

    name = "year"

    def convert(
        self, value: str | spans.Span, param: click.Parameter | None, ctx: click.Context | None
    ) -> spans.Span:
        if isinstance(value, spans.Span):
            return value
        span = spans.of_key(value)
        if span is None or span.month is not None:
            self.fail(f"{value!r} is no year: write 2026, or 1448h for a Hijri one.", param, ctx)
        return span


year = click.option("--year", type=Year(), metavar="YEAR", help="2026, or 1448h; else all years.")


def days_of(span: spans.Span | None) -> tuple[date | None, date | None]:
    return (span.first, span.last) if span else (None, None)
