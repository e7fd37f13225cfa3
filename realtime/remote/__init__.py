"""Hocket by remote control: OSC messages in, engine commands out. Off by default, and on this machine only."""
