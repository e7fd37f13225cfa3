"""What is learned: losses and scores of a network on data."""
