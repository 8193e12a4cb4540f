"""The REST interface at `/engine-rest`: a subset of Camunda 7's, for diagrams of others. Thin: parses, calls the engine's verbs, shows."""
