"""What all commands share: strictness, common field types, and readable refusals."""

from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from domain.errors import InvalidInput
from domain.models.base import LARGEST

LEAST = 1e-9
"""The smallest number that is told from 0."""

C = TypeVar("C", bound="Command")


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def _no_dust(value: float) -> float:
    """The value without a negative zero; numbers that only look like one make ratios that nobody means."""
    if value == 0:
        return 0.0
    if abs(value) < LEAST:
        raise ValueError(f"must be 0, or at least {LEAST:.9f} in size")
    return value


def _as_api(place: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """A place in the input as the API names it, whichever of the two names the caller used."""
    return tuple(to_camel(part) if isinstance(part, str) else part for part in place)


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_no_nul)
]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_no_nul)
]
Text = Annotated[str, StringConstraints(max_length=200_000), AfterValidator(_no_nul)]
Note = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_no_nul)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000), AfterValidator(_no_nul)
]
Figure = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False), AfterValidator(_no_dust)]
PositiveFigure = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False), AfterValidator(_no_dust)]
Weeks = Annotated[float, Field(gt=0, le=5_200, allow_inf_nan=False), AfterValidator(_no_dust)]
PersonWeeks = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False), AfterValidator(_no_dust)]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False), AfterValidator(_no_dust)]
Weight = Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False), AfterValidator(_no_dust)]
MinorUnits = Annotated[int, Field(ge=0, le=10**15)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Command(BaseModel):
    """Base of all commands; field names are the API's in camel case, so that error paths fit."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )

    @classmethod
    def parse(cls, values: dict[str, Any]) -> Self:
        """Validate ``values`` (keys by field name or alias).

        Raises
        ------
        InvalidInput
            Naming every offending field in its message; ``path`` leads to the first one.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            paths = [_as_api(problem["loc"]) for problem in problems]
            messages = []
            for problem, path in list(zip(problems, paths, strict=True))[:10]:
                where = ".".join(str(part) for part in path)
                text = problem["msg"].removeprefix("Value error, ")
                messages.append(f"{where}: {text}" if where else text)
            raise InvalidInput("; ".join(messages), path=paths[0]) from error


class UpdateCommand(Command):
    """Changes what is set and leaves what is absent; null clears what may be empty."""

    id: UUID
    expected_version: int | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that the caller set, besides the identity."""
        return self.model_dump(exclude_unset=True, exclude={"id", "expected_version"})


class ArchiveCommand(Command):
    """Takes an entity out of use, or (``archived=False``) back into use."""

    id: UUID
    expected_version: int | None = None
    archived: bool = True
