"""From clips to batches: layouts -> clips (squares, cached) -> landmarks -> pairs."""
