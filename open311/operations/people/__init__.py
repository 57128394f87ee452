"""Operations on users and API keys."""
