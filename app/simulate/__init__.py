"""A whole season played in process: the same commands, rights and listeners as people, a manual clock that steps from due instant to due instant."""
