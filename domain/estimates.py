"""Estimates by three points: low ≤ likely ≤ high."""

from domain.errors import InvalidInput

Path = tuple[str | int, ...]


def refuse_disorder(
    low: float | None, likely: float | None, high: float | None, *, field: str, path: Path = ()
) -> None:
    """Refuse an estimate out of order, or whose likely point alone is missing.

    ``field`` is what the names of the three inputs begin with, such as ``durationWeeks``; ``path`` leads to
    the input that holds them.

    Raises
    ------
    InvalidInput
        With the path of the point to correct.
    """
    if likely is None:
        if low is not None or high is not None:
            raise InvalidInput(
                f"{field}Likely is missing: give it beside the low or high estimate, or leave out all three.",
                path=(*path, f"{field}Likely"),
            )
        return
    if low is not None and low > likely:
        raise InvalidInput(
            f"{field}Low ({low:g}) must not be greater than {field}Likely ({likely:g}).",
            path=(*path, f"{field}Low"),
        )
    if high is not None and high < likely:
        raise InvalidInput(
            f"{field}High ({high:g}) must not be less than {field}Likely ({likely:g}).",
            path=(*path, f"{field}High"),
        )
