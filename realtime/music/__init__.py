"""Notes, time, scales, tokens and files: the music core that training and the live side share."""
