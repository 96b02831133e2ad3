class CannotStart(Exception):
    """Why the product does not come up, in words for who started it."""


class Lost(Exception):
    """A part that nothing works without has ended by itself."""

    def __init__(self, name: str, last_words: str):
        super().__init__(name)
        self.name, self.last_words = name, last_words

    def __str__(self) -> str:
        return f"{self.name} has ended.\n{self.last_words}".rstrip()
