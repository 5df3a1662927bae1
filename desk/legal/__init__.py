"""Calculators of labour law: what a worker is owed, how long a limit runs, with the steps and the articles behind it."""
