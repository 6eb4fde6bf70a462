"""What the suite does around the tools: feeds, environments, measuring, judging, showing."""
