"""Torch modules: tensors in, tensors out; a file a paper."""
