"""What the floors above must do when somebody comes or goes.

Each is sent with plain `send()` inside the transaction, after company, partnership and membership rows are locked in
this order: a receiver that raises rolls everything back.
"""

from django.dispatch import Signal

person_left = Signal()  # company=, user=, by=
partnership_answered = Signal()  # partnership=, by=
partnership_ended = Signal()  # partnership=, by=, by_the_company=
agreement_published = Signal()  # agreement=, by=
company_closed = Signal()  # company=, by=, partnerships= (as they were before)
