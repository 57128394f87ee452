"""Operations on webhooks."""
