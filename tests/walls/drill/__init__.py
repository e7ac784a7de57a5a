"""What docs/operations.md says of backups, done: to clusters that a drill makes and throws away."""
