"""Messages to other software: each a row of the transaction that it reports, numbered afterwards, never skipped.

`message.py` has the rows, `numbering.py` gives them their places and their bytes, `subscription.py` is a reader's
cursor, `relay.py` the process that numbers and delivers, `keeping.py` forgets. The floors above register topics
(`topics.py`) and how the data of each is made (`rendering.py`).
"""
