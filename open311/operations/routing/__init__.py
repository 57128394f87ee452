"""Operations on routing rules and departments of service requests."""
