"""A backup of the product and its way back: the database, the photos and what is made once in `VAR_DIR`."""
