"""A case as files for Neo4j's bulk import: composition of the case folder, the encoder and `graph`."""

from pathlib import Path

from linkage.case import Case
from linkage.graph import bulk_import
from linkage.graph.bulk_import import Written
from linkage.graph.case_graph import Options, graph, origin
from linkage.graph.ledger import Plan
from linkage.log import Progress


def exported(case: Case, folder: Path, options: Options, *, progress: Progress) -> Written:
    """Write what a push of the case would send; raises UsageError where the folder holds something else."""
    with graph(case, options) as made:
        plan = Plan(options.name, made.run(), origin(case), "")
        return bulk_import.write(folder, plan, made.parts, dimensions=made.dimensions, progress=progress)
