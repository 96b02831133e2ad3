"""Signals to the rooms above when a person, company or partnership changes.

Each is sent with plain `send()` inside the transaction, after company, partnership and membership rows are locked in
this order. A receiver that raises rolls everything back.
"""

from django.dispatch import Signal

person_left = Signal()  # company=, user=, by=
person_joined = Signal()  # team= (a company or a fleet), user=
person_erased = Signal()  # user=
client_waits = Signal()  # partnership= that a company has to answer now, by=
partnership_answered = Signal()  # partnership=, by=
partnership_ended = Signal()  # partnership=, by=, by_the_company=
agreement_published = Signal()  # agreement=, by=
suspended = Signal()  # row= (a person, company, API client, fleet or provider), by=
client_restricted = Signal()  # client= (an API client that was revoked, or has other rights now)
consumer_suspended = Signal()  # consumer= (an event consumer that was stopped)
company_closed = Signal()  # company=, by=, partnerships= (as they were before)
