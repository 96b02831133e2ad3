"""What the pages of event consumers show: their kinds (`kinds.py`), state in words
(`shown.py`), figures (`figures.py`) and the last test message (`trial.py`)."""
