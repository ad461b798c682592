"""What turns the files of a definitions folder into data; no daily command imports it."""
