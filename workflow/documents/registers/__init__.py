"""The registers of Annexes IV and V: their forms, and their files. Importing this room is light."""
