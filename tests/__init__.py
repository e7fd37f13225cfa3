"""Tests mirror the packages. Folders are packages, so equal file names do not clash."""
