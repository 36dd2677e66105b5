"""Pure prioritisation algorithms: arrays and frozen problems in, results with their proof out."""
