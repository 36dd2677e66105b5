"""The input that takes an entity out of use or back into it, the same for every noun."""

import strawberry


@strawberry.input(description="What to archive, or to take back into use.")
class ArchiveInput:
    """Becomes ``ArchiveCommand``."""

    id: strawberry.ID = strawberry.field(description="The entity.")
    archived: bool = strawberry.field(
        default=True, description="True takes it out of use; false takes it back into use."
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version that the client has seen: refuse the change if it is no longer current.",
    )
