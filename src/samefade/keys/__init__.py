"""The life of a key after it was agreed: stored, delivered once a side, destroyed."""
