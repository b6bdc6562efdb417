"""Sharing a lane's tally among those who served on it, so that the shares add up to it exactly."""

from collections.abc import Mapping


def share(total: int, minutes: Mapping[int, int]) -> dict[int, int]:
    """Each one's part of `total` by their minutes, as whole people served.

    By the largest remainder, the lowest id first where remainders are equal, so that the parts
    always add up to `total` and the same minutes always give the same parts. Nobody is more than
    one away from the exact part. Where nobody has a minute yet the parts are equal: the people
    were served by those who are there, and a tally that is not shared out would be lost from the
    figures. Where nobody is there at all nothing can be shared.
    """
    if total < 0 or min(minutes.values(), default=0) < 0:
        raise ValueError("neither a tally nor minutes are less than zero")
    if not minutes:
        return {}
    weights = minutes if any(minutes.values()) else dict.fromkeys(minutes, 1)
    whole = sum(weights.values())
    parts = {key: total * weight // whole for key, weight in weights.items()}
    order = sorted(weights, key=lambda key: (-(total * weights[key] % whole), key))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts
