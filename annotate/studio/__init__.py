"""Label Studio, where annotators work: reports in, annotations out, how far annotators agree."""
