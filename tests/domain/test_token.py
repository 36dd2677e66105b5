"""Tokens: what is stored of them, whom they stand for, and when they stop working."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.organisation import MemberUpdate
from domain.commands.token import TokenCreate, TokenRevoke
from domain.db import Database, reading
from domain.enums import Role, TokenScope
from domain.errors import InvalidInput, NotFound, PermissionDenied
from domain.organisation import archive_member, update_member
from domain.token import (
    create_local_development_token,
    create_token,
    is_well_formed,
    local_development_tokens,
    new_secret,
    revoke_local_development_tokens,
    revoke_token,
    sign_in,
    tokens,
)
from tests.factories import a_member, an_organisation


def test_secrets_are_256_random_bits_behind_a_prefix() -> None:
    drawn = {new_secret() for _ in range(1_000)}
    assert len(drawn) == 1_000
    assert all(re.fullmatch(r"sc_[A-Za-z0-9_-]{43}", secret) for secret in drawn)
    assert all(is_well_formed(secret) for secret in drawn)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sc_",
        "x" * 46,
        "sc_" + "a" * 42,
        "sc_" + "a" * 44,
        "sc_" + "a" * 42 + "é",
        "sc_" + "a" * 42 + "\n",
    ],
)
async def test_what_is_no_token_is_nobody(database: Database, text: str) -> None:
    assert not is_well_formed(text)
    assert await sign_in(database, text) is None


async def test_only_the_hash_and_a_short_prefix_are_stored(database: Database) -> None:
    actor = await an_organisation(database)
    row, secret = await create_token(database, actor, TokenCreate(name="Laptop"))
    assert row.prefix == secret[:9]
    async with reading(database, actor.organisation_id) as connection:
        stored = (await connection.execute(sa.text("SELECT to_jsonb(t)::text FROM api_token t"))).scalar_one()
        hashed = (await connection.execute(sa.text("SELECT token_hash FROM api_token"))).scalar_one()
        trail = (
            await connection.execute(sa.text("SELECT string_agg(a::text, '') FROM audit_entry a"))
        ).scalar_one()
    assert hashed == sha256(secret.encode()).digest()
    assert secret not in stored
    assert secret not in trail
    assert hashed.hex() not in trail


async def test_a_token_stands_for_its_member_with_role_and_scopes(database: Database) -> None:
    admin = await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    scopes = frozenset({TokenScope.READ, TokenScope.WRITE})
    row, secret = await create_token(
        database, admin, TokenCreate(name="CI", member_id=planner.member_id, scopes=scopes)
    )
    found = await sign_in(database, secret)
    assert found is not None
    assert found.actor == Actor(
        organisation_id=admin.organisation_id,
        member_id=planner.member_id,
        role=Role.PLANNER,
        scopes=scopes,
        token_id=row.id,
    )
    assert not found.local_development


async def test_an_unknown_token_is_nobody(database: Database) -> None:
    actor = await an_organisation(database)
    await create_token(database, actor, TokenCreate(name="Laptop"))
    assert await sign_in(database, new_secret()) is None


async def test_a_role_changes_with_the_member(database: Database) -> None:
    admin = await an_organisation(database)
    member = await a_member(database, admin, role=Role.VIEWER)
    _, secret = await create_token(database, member, TokenCreate(name="Own"))
    await update_member(database, admin, MemberUpdate(id=member.member_id, role=Role.BOARD))
    found = await sign_in(database, secret)
    assert found is not None
    assert found.actor.role is Role.BOARD


async def test_a_revoked_token_stops_and_keeps_its_first_revocation(database: Database) -> None:
    actor = await an_organisation(database)
    row, secret = await create_token(database, actor, TokenCreate(name="Laptop"))
    revoked = await revoke_token(database, actor, TokenRevoke(id=row.id))
    assert revoked.revoked_at is not None
    assert await sign_in(database, secret) is None
    assert await revoke_token(database, actor, TokenRevoke(id=row.id)) == revoked


async def test_an_expired_token_stops(database: Database) -> None:
    actor = await an_organisation(database)
    moment = datetime.now(UTC) + timedelta(seconds=0.3)
    row, secret = await create_token(database, actor, TokenCreate(name="Short", expires_at=moment))
    found = await sign_in(database, secret)
    assert found is not None
    assert found.expires_at == row.expires_at == moment
    async with reading(database, actor.organisation_id) as connection:
        await connection.execute(sa.text("SELECT pg_sleep(0.4)"))
    assert await sign_in(database, secret) is None
    assert await tokens(database, actor) == []
    assert [token.id for token in await tokens(database, actor, with_ended=True)] == [row.id]


async def test_a_token_cannot_begin_its_life_expired(database: Database) -> None:
    actor = await an_organisation(database)
    with pytest.raises(InvalidInput, match="expired already"):
        await create_token(
            database, actor, TokenCreate(name="Late", expires_at=datetime.now(UTC) - timedelta(seconds=1))
        )


async def test_an_archived_members_tokens_stop_and_no_new_ones_are_made(database: Database) -> None:
    admin = await an_organisation(database)
    member = await a_member(database, admin, role=Role.VIEWER)
    _, secret = await create_token(database, member, TokenCreate(name="Own"))
    await archive_member(database, admin, ArchiveCommand(id=member.member_id))
    assert await sign_in(database, secret) is None
    with pytest.raises(InvalidInput, match="archived"):
        await create_token(database, admin, TokenCreate(name="New", member_id=member.member_id))
    await archive_member(database, admin, ArchiveCommand(id=member.member_id, archived=False))
    assert await sign_in(database, secret) is not None


async def test_only_administrators_make_tokens_for_others(database: Database) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    with pytest.raises(PermissionDenied, match="role admin"):
        await create_token(database, board, TokenCreate(name="Theirs", member_id=admin.member_id))


async def test_a_token_never_makes_a_stronger_or_longer_lived_one(database: Database) -> None:
    admin = await an_organisation(database)
    reader = replace(admin, scopes=frozenset({TokenScope.READ}))
    with pytest.raises(PermissionDenied, match="scope write"):
        await create_token(
            database, reader, TokenCreate(name="More", scopes=frozenset({TokenScope.READ, TokenScope.WRITE}))
        )
    through_a_token = replace(reader, token_id=uuid4())
    with pytest.raises(PermissionDenied, match="scope admin"):
        await create_token(database, through_a_token, TokenCreate(name="Same"))


async def test_members_see_and_revoke_their_own_tokens_only(database: Database) -> None:
    admin = await an_organisation(database)
    member = await a_member(database, admin, role=Role.PLANNER)
    others, _ = await create_token(database, admin, TokenCreate(name="Admin's"))
    own, _ = await create_token(database, member, TokenCreate(name="Own"))
    assert [token.name for token in await tokens(database, member)] == ["Own"]
    assert [token.name for token in await tokens(database, admin)] == ["Admin's", "Own"]
    assert [token.name for token in await tokens(database, admin, member_id=member.member_id)] == ["Own"]
    with pytest.raises(NotFound):
        await revoke_token(database, member, TokenRevoke(id=others.id))
    assert (await revoke_token(database, member, TokenRevoke(id=own.id))).revoked_at is not None


async def test_tokens_stay_within_their_organisation(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    row, _ = await create_token(database, theirs, TokenCreate(name="Theirs"))
    assert await tokens(database, ours, with_ended=True) == []
    with pytest.raises(NotFound):
        await revoke_token(database, ours, TokenRevoke(id=row.id))


async def test_a_new_local_development_token_ends_those_before_it(database: Database) -> None:
    first, second = await an_organisation(database), await an_organisation(database)
    secrets = [new_secret(), new_secret()]
    await create_local_development_token(database, first, secret=secrets[0])
    _, ordinary = await create_token(database, first, TokenCreate(name="Laptop"))
    row = await create_local_development_token(database, second, secret=secrets[1])
    assert row.local_development
    assert await local_development_tokens(database) == [(second.organisation_id, second.member_id, row.id)]
    assert await sign_in(database, secrets[0]) is None
    found = await sign_in(database, secrets[1])
    assert found is not None
    assert found.local_development
    assert await revoke_local_development_tokens(database) == 1
    assert await local_development_tokens(database) == []
    assert await sign_in(database, secrets[1]) is None
    assert await sign_in(database, ordinary) is not None
