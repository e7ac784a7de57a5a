"""Engagements and advice, as the API shows and takes them."""
