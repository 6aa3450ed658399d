"""Who may do what with a note."""

from sqlalchemy import or_

from stopper.accounts import current_user

from .models import Note
from .models import Share
from .security import stopper

#: What a moderator may do.
MODERATE = "notes:moderate"


def address():
    """Return the address of who is here, as shares have it."""
    return current_user.address.lower()


@stopper.rule("read", Note)
def may_read(user, note):
    """Let in the owner, those it is shared with, and moderators where it is shared."""
    return bool(
        note.owner == user
        or note.share_with(address())
        or (note.shares and stopper.may(MODERATE))
    )


@stopper.rule("edit", Note)
def may_edit(user, note):
    """Let the owner change a note, and those it is shared with to write."""
    share = note.share_with(address())
    return note.owner == user or (share is not None and share.writes)


@stopper.rule("share", Note)
def may_share(user, note):
    """Let the owner alone say who else is let in."""
    return note.owner == user


@stopper.rule("delete", Note)
def may_delete(user, note):
    """Let the owner delete a note, and moderators what is shared."""
    return note.owner == user or bool(note.shares and stopper.may(MODERATE))


@stopper.filter("list", Note)
def own_and_shared(user, statement):
    """Narrow a list to what is one's own or shared with one."""
    shared = Note.shares.any(Share.address == address())
    return statement.where(or_(Note.owner == user, shared))


@stopper.filter("moderate", Note)
def shared_by_anybody(user, statement):
    """Narrow a list to what moderators look after: a note of one's own is private."""
    return statement.where(Note.shares.any())
