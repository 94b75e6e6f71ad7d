"""Who is there now: evidence from the channel, and a decision with its error rates."""
