"""Operations that load seed folders and copy other servers."""
