"""What the app keeps of its own. Who has an account is kept by the accounts."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy import func
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""


class Profile(Base):
    """How a person is shown to others."""

    __tablename__ = "profile"

    #: That of the account.
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    picture: Mapped[str | None]


class Note(Base):
    """A note of one person, which others may have been let into."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    title: Mapped[str]
    body: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    changed: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now()
    )

    author: Mapped[Profile] = relationship(lazy="joined")
    shares: Mapped[list["Share"]] = relationship(
        lazy="selectin", order_by="Share.address", cascade="all, delete-orphan"
    )

    def share_with(self, address):
        """Return the share of who has this address, ``None`` if there is none."""
        return next((s for s in self.shares if s.address == address), None)


class Share(Base):
    """Lets who has an address into a note.

    It need not be known to anybody here: nobody learns by sharing who has an account.
    """

    __tablename__ = "share"

    note: Mapped[int] = mapped_column(
        ForeignKey("note.id", ondelete="CASCADE"), primary_key=True
    )
    #: In small letters.
    address: Mapped[str] = mapped_column(primary_key=True)
    writes: Mapped[bool]
