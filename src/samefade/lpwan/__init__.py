"""Keys over low-power wide-area networks: what a frame costs, what the rules allow, and how a key is refreshed."""
