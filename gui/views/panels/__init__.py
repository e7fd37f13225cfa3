"""What a part's panel is made of. Controls come from the bundle's own list; only the four layouts are written here."""
