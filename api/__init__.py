"""What clients see: GraphQL over FastAPI, the command line, sessions, limits and authentication."""
