"""What the APIs of both sites share about vehicles."""
