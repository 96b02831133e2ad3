"""How the tests of a run are spread over its processes, and what becomes of them when one of these dies."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Tests of these files run one after the other, in one process: they start the product, and share what they started.
TOGETHER = {
    "tests/api_guides/test_examples.py": "clients",
    "tests/clients/test_generated.py": "clients",
    "tests/clients/test_generated_oneapi.py": "clients",
    "tests/config/test_up.py": "product",
    "tests/core/test_database_away.py": "product",
    "tests/jobs/test_killed_worker.py": "product",
    "tests/config/test_web_processes.py": "web",
    "tests/config/test_web_worker.py": "web",
    "tests/demo/test_story.py": "story",
    "tests/demo/test_story_on_servers.py": "story",
    "tests/demo/test_walk.py": "story",
    "tests/demo/world/test_admin_site.py": "demo",
    "tests/demo/world/test_world.py": "demo",
    "tests/upgrade/test_upgrade.py": "upgrade",
}


class TogetherScheduling(LoadScopeScheduling):
    """Hands out the tests one by one, and those of a group as one.

    The marker `xdist_group` does the same, but pytest 9.2 ignores the id of a test that xdist 3.8 sets.
    """

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)

    def remove_node(self, node: WorkerController) -> str | None:
        """Give the other processes what a dead one has not finished. Its current test counts as failed.

        xdist 3.8 hands out again all that the dead process ever had. A process that gets only finished tests reports
        none, gets no more, and the run never ends.
        """
        units = self.assigned_work[node]
        crashed = next(
            (test for unit in units.values() for test, done in unit.items() if not done), None
        )
        self.assigned_work[node] = {}
        super().remove_node(node)
        if crashed is None:
            return None
        units[self._split_scope(crashed)][crashed] = True
        self.workqueue.update(
            {scope: unit for scope, unit in units.items() if not all(unit.values())}
        )
        for other in self.assigned_work:
            self._reschedule(other)
        return crashed

    def _reschedule(self, node: WorkerController) -> None:
        """Hand out at least two tests: a process starts one when it knows the next."""
        if node not in self.registered_collections:
            return  # it replaces a dead process and has not collected its tests yet
        super()._reschedule(node)
        while not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
            super()._reschedule(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return TogetherScheduling(config, log)
