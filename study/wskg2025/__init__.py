"""Basha and Hamdaoui 2025, "Wavelet-Based CSI Reconstruction …": the paper recomputed figure by figure."""
