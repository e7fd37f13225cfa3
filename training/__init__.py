"""Train, evaluate and export Hocket's models. Needs the `train` extra (torch); the live app never imports this."""
