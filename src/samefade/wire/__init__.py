"""What goes over the air, on a computer and on a microcontroller alike: messages, tags, order, and the state table."""
