"""Rehearse a refresh: virtual devices and their network server, played over a real broker, before there is a radio.

The fade is simulated, and so is every reading; what is exercised is the protocol, the broker, the store and the command
that serves.
Nobody can take a virtual device for a real one: its DevEUI is of the range that RFC 9542 keeps for documentation.
"""
