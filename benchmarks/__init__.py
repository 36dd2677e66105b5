"""What is measured: ratios within one run, and known answers. See `benchmarks.harness`."""
