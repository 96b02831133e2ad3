"""The fixed cast and the work between them; what a run may demand or skip."""

pytest_plugins = ["tests.cast.crowd", "tests.cast.people", "tests.cast.run", "tests.cast.work"]
