"""How messages leave: a module for each kind of event consumer, which registers itself in CHANNELS."""
