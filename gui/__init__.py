"""The window: view-models without widgets, views that lay out, widgets that paint. It never computes notes."""
