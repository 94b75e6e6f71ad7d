"""Group keys over a gateway: drawn by the network, sealed to each member under its own refreshed secret."""
