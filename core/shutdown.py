"""Set when a worker has to stop: threads that wait check it and put their work back."""

from threading import Event

stopping = Event()
