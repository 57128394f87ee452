"""Steps of the residents' website."""
