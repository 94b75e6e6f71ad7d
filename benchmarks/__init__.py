"""What samefade must reach, as ratios measured in one run: `python -m benchmarks [name …]`."""
