"""What has to be seen with other people's programs: `make accept`."""
