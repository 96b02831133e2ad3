"""The product under torture: people work while its processes and servers fail, and SQL judges what is left."""
