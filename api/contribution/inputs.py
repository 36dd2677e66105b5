"""Inputs of the mutations about contributions."""

import strawberry

IDS = {"initiative_id": "Initiative", "key_result_id": "KeyResult"}

_INITIATIVE = "The initiative; one in use."
_KEY_RESULT = "The key result; one in use, unless the initiative contributed to it before."
_DELTA = (
    "Expected change of the key result's value, in its own unit: above 0 for one that is to increase, below 0 for one"
    " that is to decrease, above 0 and at most 1 for a milestone."
)
_CONFIDENCE = "How sure that is: above 0, at most 1."


@strawberry.input(
    description="By how much an initiative is expected to move a key result, in place of what was said before."
)
class ContributionSetInput:
    """Becomes ``ContributionSet``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    key_result_id: strawberry.ID = strawberry.field(description=_KEY_RESULT)
    expected_delta: float = strawberry.field(description=_DELTA)
    confidence: float = strawberry.field(description=_CONFIDENCE)


@strawberry.input(description="A contribution to remove.")
class ContributionRemoveInput:
    """Becomes ``ContributionRemove``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    key_result_id: strawberry.ID = strawberry.field(description="The key result.")


@strawberry.input(description="One entry of what an initiative contributes.")
class ContributionEntryInput:
    """Becomes ``ContributionEntry``."""

    key_result_id: strawberry.ID = strawberry.field(description=_KEY_RESULT)
    expected_delta: float = strawberry.field(description=_DELTA)
    confidence: float = strawberry.field(description=_CONFIDENCE)


@strawberry.input(
    description="All that an initiative contributes to key results, in place of what was said before."
)
class ContributionReplaceInput:
    """Becomes ``ContributionsReplace``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    contributions: list[ContributionEntryInput] = strawberry.field(
        description="At most 200 entries, one for each key result; what is not among them is removed."
    )
