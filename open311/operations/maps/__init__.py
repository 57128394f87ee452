"""Operations on boundary sets."""
