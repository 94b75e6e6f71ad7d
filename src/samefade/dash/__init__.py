"""Pages for people: one file of HTML each; they show, and compute nothing."""
