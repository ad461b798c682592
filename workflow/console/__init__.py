"""The command line: one file for each group of commands; a body is parse → one call → print."""
