"""Background work: solvers in processes of their own, and jobs on PostgreSQL that any worker takes."""
