"""Django's PostgreSQL backend for a server that may go away: no request waits for it longer than some seconds.

- `pool`: connections kept between requests; a lost one is discarded before it is used.
- `guard`: a connection that stops waiting for an answer once the server has no pulse.
- `pulse`: whether the server answers at all, found out by a thread of its own.
- `limits`: how long a statement may take in this process.
"""
