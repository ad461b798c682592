"""What no shape can say: what is checked once a process is read, beyond its single words."""
