"""Shells that carry a session's datagrams: in memory, from two recordings, and over real sockets and wires."""
