"""The program's sentences in Vietnamese, by their English templates (see `phrases`)."""

TABLE: dict[str, str] = {}
