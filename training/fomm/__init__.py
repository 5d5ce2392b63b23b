"""Training of First Order Motion Models that the `puppet` program runs. docs/training.md says how it is used."""
