"""Migration operations that Django lacks, or that only one of the databases supports."""

from core.operations.checks import AddConstraintForNewRows, RemoveConstraintKeepingRows
from core.operations.concurrently import (
    AddIndexConcurrently,
    AddUniqueConcurrently,
    RemoveColumnIndex,
    RemoveUniqueConcurrently,
)
from core.operations.gin import (
    GinIndex,
    LimitPendingList,
    MembersIndex,
    NameIndex,
    PartsIndex,
    RemoveTrigramIndex,
    TrigramIndex,
)
from core.operations.storage import VacuumAfter

__all__ = [
    "AddConstraintForNewRows",
    "AddIndexConcurrently",
    "AddUniqueConcurrently",
    "GinIndex",
    "LimitPendingList",
    "MembersIndex",
    "NameIndex",
    "PartsIndex",
    "RemoveColumnIndex",
    "RemoveConstraintKeepingRows",
    "RemoveTrigramIndex",
    "RemoveUniqueConcurrently",
    "TrigramIndex",
    "VacuumAfter",
]
