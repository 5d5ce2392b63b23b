"""What a stage is trained by, one idea a file. Weights are the configuration's."""
