"""Does a value never become a query?"""

from __future__ import annotations

from .queries import ldap_injection
from .queries import nosql_injection
from .queries import xpath_injection
from .sql import sql_injection

__all__ = ["ldap_injection", "nosql_injection", "sql_injection", "xpath_injection"]
