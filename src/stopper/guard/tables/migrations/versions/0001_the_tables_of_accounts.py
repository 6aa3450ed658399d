"""The tables of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables up."""
    op.create_table(
        "stopper_account_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("stopper_account_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stopper_account_event_user"), ["user"], unique=False
        )

    op.create_table(
        "stopper_apikey",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("networks", sa.Text(), nullable=False),
        sa.Column("rate", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("used_from", sa.String(length=64), nullable=False),
        sa.Column("successor", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("stopper_apikey", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stopper_apikey_user"), ["user"], unique=False
        )

    op.create_table(
        "stopper_credential",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=1400), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("confirmed_at", sa.Double(), nullable=True),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "key"),
    )
    with op.batch_alter_table("stopper_credential", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stopper_credential_user"), ["user"], unique=False
        )

    op.create_table(
        "stopper_device",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=True),
        sa.Column("rotated_at", sa.Double(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("ends_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("stopper_device", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stopper_device_user"), ["user"], unique=False
        )

    op.create_table(
        "stopper_membership",
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("user", "role"),
    )
    op.create_table(
        "stopper_permission",
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("permission", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("role", "permission"),
    )
    op.create_table(
        "stopper_role",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "stopper_token",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("bound", sa.LargeBinary(length=32), nullable=False),
        sa.Column("data", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("stopper_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stopper_token_user"), ["user"], unique=False
        )

    op.create_table(
        "stopper_user",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=512), nullable=True),
        sa.Column("password_at", sa.Double(), nullable=True),
        sa.Column("verified_at", sa.Double(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("address_key"),
    )


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_table("stopper_user")
    with op.batch_alter_table("stopper_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stopper_token_user"))

    op.drop_table("stopper_token")
    op.drop_table("stopper_role")
    op.drop_table("stopper_permission")
    op.drop_table("stopper_membership")
    with op.batch_alter_table("stopper_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stopper_device_user"))

    op.drop_table("stopper_device")
    with op.batch_alter_table("stopper_credential", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stopper_credential_user"))

    op.drop_table("stopper_credential")
    with op.batch_alter_table("stopper_apikey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stopper_apikey_user"))

    op.drop_table("stopper_apikey")
    with op.batch_alter_table("stopper_account_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stopper_account_event_user"))

    op.drop_table("stopper_account_event")
