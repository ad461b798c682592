"""Makes the modules beside this file (`papers`, …) importable for all tests."""
