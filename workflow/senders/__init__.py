"""Ways to deliver messages: files in a folder, a mail server."""
