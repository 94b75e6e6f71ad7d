"""Network servers over MQTT: what they say of a device, what is said to it, and the process that serves many."""
