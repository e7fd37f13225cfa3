"""View-models: QObjects without widgets, which know what the engine has told and ask it for what the user wants."""
