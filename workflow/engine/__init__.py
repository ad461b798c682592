"""The rules: pure decisions over plain data. No files, no database, no clock of its own, no randomness."""
