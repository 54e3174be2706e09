"""The case folder: the embedded store, plain Parquet and JSON."""

from linkage.case.folder import Case, open_case
from linkage.case.journal import audit, audit_faults, read_verdicts, user
from linkage.case.lineage import persist, previous_groups, with_past
from linkage.case.table import Table
from linkage.case.writer import CaseWriter

__all__ = [
    "Case",
    "CaseWriter",
    "Table",
    "audit",
    "audit_faults",
    "open_case",
    "persist",
    "previous_groups",
    "read_verdicts",
    "user",
    "with_past",
]
