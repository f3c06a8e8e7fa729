"""Tests of the Exist integration."""
