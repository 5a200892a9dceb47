"""The parts from which data/make_sample.py makes the sample province. Everything they say is made up."""
