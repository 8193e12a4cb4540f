"""A whole season played in process, through the same commands, rights and listeners as people, on a stepped clock."""
