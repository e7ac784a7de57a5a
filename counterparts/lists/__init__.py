"""Public lists: read as their publishers give them out (one module a publisher), staged, compared, loaded whole or not at all."""
