"""The whole product as processes of one machine: broker, web, workers, beat. `manage.py up` and `bin/run` call it."""
