"""The YAML dialect as data: compiled processes, expressions, values of fields."""
