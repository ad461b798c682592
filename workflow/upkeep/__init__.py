"""Keeping an office: made, upgraded, verified, examined."""
