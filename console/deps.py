"""What the console is given by whoever wires it."""

from dataclasses import dataclass, field

from desk.cases import SlaPolicy
from desk.clock import Clock
from desk.database import Database
from desk.drafting import Writer
from desk.files import FileStore
from desk.knowledge.passages import PassageSearch
from desk.knowledge.search import KnowledgeSearch
from desk.knowledge.statutes import StatuteIndex
from desk.live import LocalHub
from desk.services import Services


@dataclass(frozen=True)
class ConsoleDeps:
    """`zone` is the name of the zone in which times are shown; `reminder_hours` go before an activity's beginning."""

    database: Database
    clock: Clock
    hub: LocalHub
    files: FileStore
    statutes: StatuteIndex
    policy: SlaPolicy
    zone: str
    session_hours: int
    secure_cookies: bool
    reminder_hours: list[int]
    union_name: str
    passages: PassageSearch
    # Offered as targets of a campaign's buttons.
    services: Services = field(default_factory=lambda: Services({}))
    # Together they draft replies; without a writer nothing of it is shown.
    search: KnowledgeSearch | None = None
    writer: Writer | None = None
