"""The matrix of roles and root fields, generated from the schema."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition
from strawberry.types.field import StrawberryField

from api.permissions import Requires
from api.schema import MUTATIONS, QUERIES, SUBSCRIPTIONS
from domain.actor import Actor
from domain.enums import Role, TokenScope
from domain.errors import PermissionDenied


def _fields(classes: tuple[type, ...]) -> Iterator[StrawberryField]:
    for cls in classes:
        definition = get_object_definition(cls, strict=True)
        assert isinstance(definition, StrawberryObjectDefinition)
        yield from definition.fields


ROOT_FIELDS = [*_fields(QUERIES), *_fields(MUTATIONS), *_fields(SUBSCRIPTIONS)]


def _declared(field: StrawberryField) -> Requires | None:
    found = [directive for directive in field.directives if isinstance(directive, Requires)]
    return found[0] if len(found) == 1 else None


@pytest.mark.parametrize("field", ROOT_FIELDS, ids=lambda field: field.python_name)
def test_every_root_field_declares_who_may_use_it(field: StrawberryField) -> None:
    declared = _declared(field)
    assert declared is not None, f"{field.python_name} has no **requires(...)"
    assert any(type(extension).__name__ == "_Check" for extension in field.extensions)


@pytest.mark.parametrize("field", list(_fields(MUTATIONS)), ids=lambda field: field.python_name)
def test_no_mutation_is_open_to_viewers_or_reading_tokens(field: StrawberryField) -> None:
    declared = _declared(field)
    assert declared is not None
    assert declared.role is not Role.VIEWER
    assert declared.scope is not TokenScope.READ


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", TokenScope)
def test_a_role_includes_those_before_it_and_scopes_stand_alone(role: Role, scope: TokenScope) -> None:
    order = list(Role)
    actor = Actor(organisation_id=uuid4(), member_id=uuid4(), role=role, scopes=frozenset({scope}))
    for wanted_role in Role:
        for wanted_scope in TokenScope:
            allowed = order.index(role) >= order.index(wanted_role) and scope is wanted_scope
            if allowed:
                actor.require(wanted_role, wanted_scope)
            else:
                with pytest.raises(PermissionDenied):
                    actor.require(wanted_role, wanted_scope)


def test_the_directive_is_part_of_the_contract() -> None:
    from api.schema import build_schema, exported_sdl

    assert "@requires(role: PLANNER, scope: WRITE)" in exported_sdl(build_schema())
