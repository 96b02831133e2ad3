"""A worker that is told to stop says so here: whoever waits in a thread looks, and puts the work back."""

from threading import Event

stopping = Event()
