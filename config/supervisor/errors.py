class CannotStart(Exception):
    """Why the product does not come up, in words for who started it."""


class Lost(Exception):
    """A part that nothing works without has exited, or does not answer."""

    def __init__(self, name: str, last_words: str, how: str = "has ended"):
        super().__init__(name)
        self.name = name
        self.last_words = last_words
        self.how = how

    def __str__(self) -> str:
        return f"{self.name} {self.how}.\n{self.last_words}".rstrip()
