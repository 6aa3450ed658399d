"""Who may do what, and where a visitor may be sent."""

import functools
from urllib.parse import urljoin
from urllib.parse import urlparse

from flask import redirect
from flask import request
from flask import session
from flask import url_for


def login_required(view):
    """Send visitors who are not logged in to the login page."""

    @functools.wraps(view)
    def guarded(*args, **kwargs):
        if "member" not in session:
            return redirect(url_for("members.login", next=request.path))

        return view(*args, **kwargs)

    return guarded


def is_safe_url(target):
    """Say whether ``target`` is a page of this site."""
    # Looks right and is not: a browser reads http:///evil.example and
    # ////evil.example as another site, and this check reads them as paths.
    here = urlparse(request.host_url)
    there = urlparse(urljoin(request.host_url, target))
    return there.scheme in ("http", "https") and here.netloc == there.netloc
