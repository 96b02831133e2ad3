"""Installation jobs from a file: bytes → sheet → columns → checked rows → jobs. No pages and no APIs here."""
