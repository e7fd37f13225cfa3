"""Views: they lay out widgets, bind them to view-models, and forward what the user does."""
