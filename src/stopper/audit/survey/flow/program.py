"""The whole program as the flow sees it: who calls whom, and where things are kept."""

from __future__ import annotations

from ..project import Project
from .storage.caches import Caches
from .storage.files import Files
from .storage.places import Places
from .storage.queries import Queries
from .storage.statements import Statements
from .storage.tables import Tables
from .storage.writes import Writes
from .whole.callers import Callers
from .whole.classes import Types
from .whole.functions import Functions


class Program(Callers):
    """Knows every function of the project by who calls it, and everything kept."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.functions = Functions(self)
        self.tables = Tables(project)
        self.queries = Queries(self, self.tables)
        self.types = Types(self, self.tables, self.queries)
        self.writes = Writes(self, self.tables, self.queries)
        self.places = Places(self)
        self.files = Files(self, self.places)
        self.caches = Caches(self, self.places)
        self.statements = Statements(self)
        # What an object is may depend on who calls whom: first of all it is found out
        # who does, and so the order of questions changes no answer.
        self.gather()
