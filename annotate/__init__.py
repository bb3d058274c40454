"""annotate: what a war report claims, who claims it, and where the accounts contradict each other."""

__version__ = "0.1.0"
