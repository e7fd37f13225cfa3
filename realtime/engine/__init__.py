"""The engine process: listens, decides when the phrase has ended, asks the model, places the answer."""
